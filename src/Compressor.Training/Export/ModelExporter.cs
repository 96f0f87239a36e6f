using Compressor.Prediction.Networks;
using Compressor.Symbols;
using Compressor.Training.Model;

namespace Compressor.Training.Export;

/// <summary>
/// Writes a model as the compressor reads it: <c>config.json</c>, <c>tokenizer.json</c>, 8-bit <c>model.safetensors</c>,
/// and a model card with the course of the loss. Each file is replaced whole.
/// </summary>
internal static class ModelExporter
{
    /// <summary>Appended to a tensor's name, the name of its row scales.</summary>
    public const string ScaleSuffix = "_scale";

    /// <summary>The picture that the model card shows.</summary>
    public const string ChartFile = "loss.svg";

    /// <exception cref="ArithmeticException">A weight is not a finite number.</exception>
    public static void Export(string folder, TrainableTransformer model, Tokenizer tokenizer, ModelCard card, LossLog log)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "config.json"), model.Config.Save);
        AtomicFile.Write(Path.Combine(folder, "tokenizer.json"), stream => TokenizerFile.Save(tokenizer, stream));
        AtomicFile.Write(Path.Combine(folder, "model.safetensors"), Quantize(model).Save);
        AtomicFile.Write(Path.Combine(folder, ChartFile), stream => LossChart.Save(log, stream));
        Describe(folder, card);
    }

    /// <summary>Writes the model card alone.</summary>
    public static void Describe(string folder, ModelCard card) => AtomicFile.Write(Path.Combine(folder, "README.md"), card.Save);

    private static SafetensorsFile Quantize(TrainableTransformer model)
    {
        var file = new SafetensorsFile();
        foreach (var (name, parameter) in model.named_parameters())
        {
            var values = parameter.cpu().data<float>().ToArray();
            if (values.Any(v => !float.IsFinite(v)))
                throw new ArithmeticException($"'{name}' holds a value that is not a finite number");
            int rows = (int)parameter.shape[0], columns = (int)parameter.shape[1];
            var quantized = new sbyte[values.Length];
            var scales = new float[rows];
            for (var row = 0; row < rows; row++)
            {
                scales[row] = RowQuantizer.Quantize(values.AsSpan(row * columns, columns), quantized.AsSpan(row * columns, columns),
                    boundPairs: !TrainableTransformer.IsTable(name));
            }

            file.Add(name, quantized, rows, columns);
            file.Add(name + ScaleSuffix, scales, rows);
        }

        return file;
    }
}
