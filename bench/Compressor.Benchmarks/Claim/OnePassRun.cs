using Compressor.Training;
using Compressor.Training.Data;
using Compressor.Training.Export;

namespace Compressor.Benchmarks.Claim;

/// <summary>What the model was at one moment of the pass.</summary>
/// <param name="State">The moment.</param>
/// <param name="HeldOutBits">Bits per byte of held-out text.</param>
/// <param name="Accuracy">Part of the held-out tokens guessed right.</param>
/// <param name="SeenBits">Bits per byte of a sample of the text that it was trained on.</param>
/// <param name="ModelBytes">The model as exported, compressed.</param>
internal sealed record PassPoint(PassState State, double HeldOutBits, double Accuracy, double SeenBits, long ModelBytes);

/// <summary>One run over a text that sees no part of it twice, so that every loss is that of new text.</summary>
/// <param name="recipe">Shape and recipe.</param>
/// <param name="text">The text.</param>
/// <param name="heldOut">Other text, tokenized alike.</param>
/// <param name="folder">Takes the exported model.</param>
internal sealed class OnePassRun(TrainingRecipe recipe, ClaimText text, ClaimText heldOut, string folder)
{
    /// <summary>Steps between entries of the course.</summary>
    private const int CourseInterval = 10;

    /// <summary>Batches of the text already seen that stand for all of it.</summary>
    private const int SeenBatches = 64;

    /// <summary>The parts of the pass after which the model is measured; the decay of the rate begins at three quarters.</summary>
    private static readonly double[] Moments = [1 / 64.0, 1 / 32.0, 1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 3 / 4.0, 1];

    /// <summary>The state every ten steps.</summary>
    public List<PassState> Course { get; } = [];

    /// <summary>The measurements.</summary>
    public List<PassPoint> Points { get; } = [];

    /// <summary>Time spent in training steps.</summary>
    public double Seconds { get; private set; }

    /// <summary>Bits per byte of the held-out text under the exported model, as the codec computes it.</summary>
    public double ExportedBits { get; private set; }

    /// <summary>The held-out text as a file.</summary>
    public CodedFile? File { get; private set; }

    public void Run(Action<string> report)
    {
        using var loop = new TrainingLoop(recipe, text);
        var moments = Moments.Select(m => (long)(m * loop.Steps)).ToHashSet();
        while (!loop.IsDone)
        {
            loop.Step();
            var state = loop.State;
            if (state.Step % CourseInterval == 0 || loop.IsDone) Course.Add(state);
            if (!moments.Contains(state.Step)) continue;
            Points.Add(Measure(loop));
            report($"{recipe.Name}: step {state.Step} of {loop.Steps}, {Points[^1].HeldOutBits:F3} bits/byte held-out, {loop.Seconds:F0} s");
        }

        Seconds = loop.Seconds;
        var exported = LanguageModel.Load(folder);
        ExportedBits = ExportedCost.BitsPerByte(exported, heldOut.Corpus, recipe.SequenceLength, Environment.ProcessorCount);
        File = CodedFile.Of(heldOut.Bytes, exported);
    }

    private PassPoint Measure(TrainingLoop loop)
    {
        var reading = ModelMeter.Read(loop.Model, [.. EvaluationSet.Batches(heldOut.Corpus, recipe.Sequences, recipe.SequenceLength)]);
        var count = Math.Min(SeenBatches, loop.State.Step);
        Batch[] seen = [.. Enumerable.Range(0, (int)count).Select(i => loop.Sampler.Sample(i * loop.State.Step / count))];
        var seenBits = ModelMeter.Read(loop.Model, seen).Bits / seen.Sum(loop.BytesOf);
        loop.Export(folder);
        return new PassPoint(loop.State, reading.Bits / heldOut.Corpus.ByteCount, reading.Accuracy, seenBits, ModelBytes.Of(folder));
    }
}
