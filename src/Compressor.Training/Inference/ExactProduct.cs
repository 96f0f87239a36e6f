using Compressor.Training.Compute;

namespace Compressor.Training.Inference;

/// <summary>
/// Products of whole-number matrices in binary32, rounded once. The inner dimension is cut so that every sum of a part,
/// in whatever order it is taken, stays within 2^24 and so is exact.
/// </summary>
internal static class ExactProduct
{
    /// <summary>Weights are int8.</summary>
    public const int MaxWeight = 128;

    /// <summary>How much of the inner dimension may be summed: <paramref name="largest"/> is that of one product.</summary>
    public static int InnerSize(int largest) => ExactSteps.MaxWhole / largest / 32 * 32;

    /// <summary>Matrix product of […, m, k] and […, k, n].</summary>
    /// <param name="left">Whole numbers.</param>
    /// <param name="right">Whole numbers.</param>
    /// <param name="largest">The largest magnitude of a product of two elements.</param>
    public static Tensor Multiply(Tensor left, Tensor right, int largest)
    {
        var part = InnerSize(largest);
        var inner = left.shape[^1];
        var sums = new List<Tensor>();
        for (long start = 0; start < inner; start += part)
        {
            var length = Math.Min(part, inner - start);
            sums.Add(length == inner ? left.matmul(right) : left.narrow(-1, start, length).matmul(right.narrow(-2, start, length)));
        }

        return Total(sums);
    }

    /// <summary>The sum of whole numbers within ±2^24, rounded once.</summary>
    public static Tensor Total(IReadOnlyList<Tensor> parts)
    {
        if (parts.Count <= 2)
            return parts.Count == 1 ? parts[0] : parts[0].Plus(parts[1]);

        // Sums of the high and of the low halves are exact; only putting them together rounds.
        const int Unit = 1 << 12;
        Tensor? high = null, low = null;
        foreach (var part in parts)
        {
            var top = part.Times(1f / Unit).floor();
            var rest = part - top.Times(Unit);
            high = high is null ? top : high.Plus(top);
            low = low is null ? rest : low.Plus(rest);
        }

        return high!.Times(Unit).Plus(low!);
    }
}
