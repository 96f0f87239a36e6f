using Compressor.Training;
using Compressor.Training.Data;
using Compressor.Training.Model;
using TorchSharp;

namespace Compressor.Benchmarks.Claim;

/// <summary>What a float32 model makes of batches.</summary>
/// <param name="Bits">−log₂ of the probability of all targets that count.</param>
/// <param name="Targets">How many those are.</param>
/// <param name="Right">How many of them were the most probable token.</param>
internal readonly record struct ModelReading(double Bits, long Targets, long Right)
{
    /// <summary>The part of the tokens that the model would have guessed.</summary>
    public double Accuracy => (double)Right / Targets;
}

/// <summary>Measures code length and next-token accuracy together.</summary>
internal static class ModelMeter
{
    public static ModelReading Read(TrainableTransformer model, IReadOnlyList<Batch> batches)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var network = new Network(model.Config, batches.Max(batch => batch.Length), torch.ScalarType.Float32);
        var weights = StepWeights.Of(model, [.. model.Ngrams.Select(table => table.weight!)], torch.ScalarType.Float32);
        double nats = 0;
        long right = 0;
        foreach (var batch in batches)
        {
            using var batchScope = torch.NewDisposeScope();
            var part = BatchPart.Of(batch, NgramBuckets.Compute(batch, model.Config.NgramBuckets), 0, batch.Sequences);
            var logits = network.Logits(weights, part);
            nats += torch.nn.functional.cross_entropy(logits, part.Targets, ignore_index: Batch.Ignored, reduction: torch.nn.Reduction.Sum).ToDouble();
            right += logits.argmax(1).eq(part.Targets).sum().ToInt64();
        }

        return new ModelReading(nats * Trainer.BitsPerNat, batches.Sum(batch => (long)batch.TargetCount), right);
    }
}
