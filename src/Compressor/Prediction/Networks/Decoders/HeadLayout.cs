namespace Compressor.Prediction.Networks.Decoders;

/// <summary>
/// Where the rows of a checkpoint's matrices go. Heads are filled up to whole panels with zeros; where a head is rotated, element i turns with element i + half, so its
/// two halves are filled up each.
/// </summary>
internal static class HeadLayout
{
    /// <summary>A row that the checkpoint does not have.</summary>
    public const int None = -1;

    /// <summary>[padded] source of each row: the first <paramref name="count"/> as they are.</summary>
    public static int[] Plain(int count, int padded) => [.. Enumerable.Range(0, padded).Select(i => i < count ? i : None)];

    /// <summary>[heads · padded] source of each row.</summary>
    public static int[] Heads(int heads, int size, int padded) =>
        [.. Enumerable.Range(0, heads * padded).Select(i => i % padded < size ? i / padded * size + i % padded : None)];

    /// <summary>The same where heads are rotated.</summary>
    public static int[] RotatedHeads(int heads, int size, int padded)
    {
        int half = size / 2, paddedHalf = padded / 2;
        return [.. Enumerable.Range(0, heads * padded).Select(i =>
        {
            int head = i / padded, element = i % padded % paddedHalf, upper = i % padded / paddedHalf;
            return element < half ? head * size + upper * half + element : None;
        })];
    }
}
