using Compressor.Training.Data;

namespace Compressor.Training.Model;

/// <summary>The hashed n-gram table rows that each input position of a batch looks up.</summary>
internal static class NgramBuckets
{
    /// <summary>Row numbers, [orders, sequences, length] row-major, for the orders of <see cref="ModelConfig.NgramOrders"/>.</summary>
    public static long[] Compute(Batch batch, int buckets)
    {
        var orders = ModelConfig.NgramOrders;
        int plane = batch.Sequences * batch.Length;
        var result = new long[orders.Length * plane];
        for (int order = 0; order < orders.Length; order++)
        {
            for (int row = 0; row < batch.Sequences; row++)
            {
                int start = row * batch.Length;
                FillRow(batch.Inputs.AsSpan(start, batch.Length), result.AsSpan(order * plane + start, batch.Length), orders[order], buckets);
            }
        }

        return result;
    }

    private static void FillRow(ReadOnlySpan<long> inputs, Span<long> buckets, int order, int bucketCount)
    {
        int previous = ModelConfig.BosToken, beforePrevious = ModelConfig.BosToken;
        for (int t = 0; t < inputs.Length; t++)
        {
            int current = (int)inputs[t];
            if (current == ModelConfig.BosToken)
                (previous, beforePrevious) = (ModelConfig.BosToken, ModelConfig.BosToken); // what came before is another document
            buckets[t] = NgramHash.Bucket(order, current, previous, beforePrevious, bucketCount);
            (beforePrevious, previous) = (previous, current);
        }
    }
}
