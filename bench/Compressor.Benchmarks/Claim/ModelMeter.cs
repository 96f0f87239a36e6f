using Compressor.Tensors;
using Compressor.Training;
using Compressor.Training.Data;
using Compressor.Training.Model;

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
    public static ModelReading Read(TrainableTransformer model, IEnumerable<Batch> batches)
    {
        using var noGradient = torch.no_grad();
        double nats = 0;
        long targets = 0, right = 0;
        foreach (Batch batch in batches)
        {
            using var scope = torch.NewDisposeScope();
            var tokens = torch.tensor(batch.Inputs).view(batch.Sequences, batch.Length);
            var ngrams = torch.tensor(NgramBuckets.Compute(batch, model.Config.NgramBuckets)).view(-1, batch.Sequences, batch.Length);
            float[] logits = model.call(tokens, ngrams).data<float>().ToArray();
            int vocabulary = model.Config.VocabularySize;
            for (int i = 0; i < batch.Targets.Length; i++)
            {
                if (batch.Targets[i] == Batch.Ignored) continue;
                ReadOnlySpan<float> row = logits.AsSpan(i * vocabulary, vocabulary);
                (double cost, int guess) = Cost(row, (int)batch.Targets[i]);
                nats += cost;
                targets++;
                if (guess == batch.Targets[i]) right++;
            }
        }

        return new ModelReading(nats * Trainer.BitsPerNat, targets, right);
    }

    /// <summary>−ln softmax(logits)[target], and the first of the largest.</summary>
    private static (double Nats, int Guess) Cost(ReadOnlySpan<float> logits, int target)
    {
        int guess = 0;
        for (int v = 1; v < logits.Length; v++)
        {
            if (logits[v] > logits[guess]) guess = v;
        }

        float max = logits[guess];
        double sum = 0;
        foreach (float logit in logits) sum += MathF.Exp(logit - max);
        return (Math.Log(sum) + max - logits[target], guess);
    }
}
