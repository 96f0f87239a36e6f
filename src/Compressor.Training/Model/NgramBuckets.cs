using Compressor.Training.Data;

namespace Compressor.Training.Model;

/// <summary>The hashed n-gram table rows that each input position of a batch looks up.</summary>
internal static class NgramBuckets
{
    /// <summary>Row numbers, [orders][sequences · length] row-major, for the orders of <see cref="ModelConfig.NgramOrders"/>.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="buckets">Rows of a table; 0 for a model without tables, whose result is empty.</param>
    public static long[][] Compute(Batch batch, int buckets)
    {
        var orders = ModelConfig.NgramOrders;
        var result = new long[buckets == 0 ? 0 : orders.Length][];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = new long[batch.Inputs.Length];
            for (var start = 0; start < batch.Inputs.Length; start += batch.Length)
                FillRow(batch.Inputs.AsSpan(start, batch.Length), result[i].AsSpan(start, batch.Length), orders[i], buckets);
        }

        return result;
    }

    /// <summary>The different rows of a look-up, in the order of their first use, and for each position which of them it is.</summary>
    public static (long[] Rows, long[] Indices) Distinct(long[] buckets)
    {
        var known = new Dictionary<long, long>(buckets.Length);
        var indices = new long[buckets.Length];
        for (var i = 0; i < buckets.Length; i++)
        {
            if (!known.TryGetValue(buckets[i], out indices[i]))
                known.Add(buckets[i], indices[i] = known.Count);
        }

        return ([.. known.Keys], indices);
    }

    private static void FillRow(ReadOnlySpan<long> inputs, Span<long> buckets, int order, int bucketCount)
    {
        int previous = ModelConfig.BosToken, beforePrevious = ModelConfig.BosToken;
        for (var t = 0; t < inputs.Length; t++)
        {
            var current = (int)inputs[t];
            if (current == ModelConfig.BosToken)
                (previous, beforePrevious) = (ModelConfig.BosToken, ModelConfig.BosToken); // what came before is another document
            buckets[t] = NgramHash.Bucket(order, current, previous, beforePrevious, bucketCount);
            (beforePrevious, previous) = (previous, current);
        }
    }
}
