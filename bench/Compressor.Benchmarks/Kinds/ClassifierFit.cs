using System.Globalization;
using System.Text;
using Compressor.Blocks.Kinds;
using Compressor.Training.Data;

namespace Compressor.Benchmarks.Kinds;

/// <summary>
/// Fits the weights of <see cref="TextKindClassifier"/> by multinomial logistic regression: stochastic gradient descent with a falling
/// step, every kind counting the same however many files it has. The result is integers in units of 1 / <see cref="TextKindClassifier.Unit"/>.
/// </summary>
internal static class ClassifierFit
{
    private const int Epochs = 60;

    /// <summary>The first step, for features from 0 to 2.</summary>
    private const double StepSize = 0.03;

    /// <summary>Keeps weights small where the data says little.</summary>
    private const double Decay = 1e-5;

    private const double Scale = 128; // shares go to 255

    /// <summary>The weights as the lines of source code that hold them.</summary>
    public static string Weights(string[] folders)
    {
        var kinds = TextKindClassifier.Weighted;
        var samples = new List<(int Kind, double[] Features)>();
        foreach (var folder in folders)
        {
            var kind = kinds.IndexOf(KindsCommand.KindOf(folder));
            if (kind < 0)
                continue;
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var features = new TextFeatures(TextSample.Of(File.ReadAllBytes(file)));
                if (TextKindClassifier.KindByCharacters(features) is null)
                    samples.Add((kind, [.. features.Shares().Select(s => s / Scale), 1]));
            }
        }

        var weights = Fit([.. samples], kinds.Length);
        var text = new StringBuilder();
        foreach (var row in weights)
        {
            var numbers = row.Select((w, i) => (int)Math.Round(w * TextKindClassifier.Unit / (i < row.Length - 1 ? Scale : 1)));
            text.Append(CultureInfo.InvariantCulture, $"        [{string.Join(", ", numbers)}],\n");
        }

        return text.ToString();
    }

    private static double[][] Fit((int Kind, double[] Features)[] samples, int kinds)
    {
        var size = TextFeatures.Count + 1;
        double[][] weights = [.. Enumerable.Range(0, kinds).Select(_ => new double[size])];
        double[] importance = [.. Enumerable.Range(0, kinds).Select(k => samples.Length / (double)kinds / Math.Max(1, samples.Count(s => s.Kind == k)))];
        var random = new DeterministicRandom(1);
        var odds = new double[kinds];
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var step = StepSize * (1 - epoch / (double)Epochs);
            for (var n = 0; n < samples.Length; n++)
            {
                var (kind, features) = samples[random.Below(samples.Length)];
                double sum = 0;
                for (var k = 0; k < kinds; k++)
                    sum += odds[k] = Math.Exp(Dot(weights[k], features));
                for (var k = 0; k < kinds; k++)
                {
                    var error = (odds[k] / sum - (k == kind ? 1 : 0)) * importance[kind];
                    for (var i = 0; i < size; i++)
                        weights[k][i] -= step * (error * features[i] + Decay * weights[k][i]);
                }
            }
        }

        return weights;
    }

    private static double Dot(double[] one, double[] other)
    {
        double sum = 0;
        for (var i = 0; i < one.Length; i++)
            sum += one[i] * other[i];
        return sum;
    }
}
