using Compressor.Payload;
using Compressor.Prediction.Mixing;

namespace Compressor.Blocks;

/// <summary>Finds out how a block of bytes is built: looks for a stride, then codes a sample in each way that may fit.</summary>
internal static class ByteShapeDetector
{
    /// <summary>Bytes that are coded to choose, at most so many; of short content a part, because there may be eight shapes to choose from.</summary>
    private const int MaxSampleLength = 1 << 15, MinSampleLength = 1 << 12, SampleShare = 20;

    /// <summary>Strides longer than this are not looked for.</summary>
    private const int MaxStride = 1 << 11;

    /// <summary>Bytes that strides are looked for in.</summary>
    private const int SearchLength = 1 << 18;

    private const int SampleTableBits = 16;

    /// <summary>The shape in which a sample from the middle becomes smallest.</summary>
    /// <param name="content">The content of a block.</param>
    /// <param name="fast">Whether the shape is to be a fast one.</param>
    /// <param name="cancellation">Checked often.</param>
    public static ByteShape Find(ReadOnlySpan<byte> content, bool fast, CancellationToken cancellation)
    {
        var text = new ByteShape(ByteProfile.Text, 0, fast);
        var sample = Middle(content, Math.Clamp(content.Length / SampleShare, MinSampleLength, MaxSampleLength));
        if (IsText(sample))
            return text;

        var candidates = new List<ByteShape> { new(ByteProfile.Binary, 0, fast), text };
        foreach (var stride in Strides(Middle(content, SearchLength)))
        {
            candidates.Add(new ByteShape(ByteProfile.Binary, stride, fast));
            if (stride >= 16)
                candidates.Add(new ByteShape(ByteProfile.Bitmap, stride, fast));
        }

        var (best, bestLength) = (text, int.MaxValue);
        foreach (var shape in candidates)
        {
            var length = ByteCoder.Encode(sample, new MixingParameters(shape, SampleTableBits), [], null, cancellation).Length;
            if (length < bestLength)
                (best, bestLength) = (shape, length);
        }

        return best;
    }

    private static ReadOnlySpan<byte> Middle(ReadOnlySpan<byte> content, int length) =>
        content.Length <= length ? content : content.Slice((content.Length - length) / 2, length);

    /// <summary>Nearly no control characters, and not many bytes outside ASCII.</summary>
    private static bool IsText(ReadOnlySpan<byte> sample)
    {
        var (controls, high) = (0, 0);
        foreach (var value in sample)
        {
            controls += value < 32 && value is not ((byte)'\n' or (byte)'\r' or (byte)'\t') ? 1 : 0;
            high += value >= 128 ? 1 : 0;
        }

        return controls * 100 <= sample.Length && high * 4 <= sample.Length;
    }

    /// <summary>
    /// The distances at which bytes most often repeat, of those that do not merely repeat the byte before: up to three, the best first.
    /// </summary>
    private static List<int> Strides(ReadOnlySpan<byte> sample)
    {
        // For each byte the distance to where the last two bytes of its kind of place were: counting the distance to the last
        // occurrence of the same byte finds records, whatever their length, in one pass.
        var counts = new int[MaxStride + 1];
        var last = new int[1 << 16];
        for (var i = 1; i < sample.Length; i++)
        {
            var pair = (sample[i - 1] << 8) | sample[i];
            var distance = i - last[pair];
            if (last[pair] > 0 && distance <= MaxStride && distance > 1)
                counts[distance]++;
            last[pair] = i;
        }

        var found = new List<int>();
        for (var round = 0; round < 3; round++)
        {
            var best = 0;
            for (var distance = 2; distance <= MaxStride; distance++)
            {
                if (!found.Contains(distance) && counts[distance] > counts[best])
                    best = distance;
            }

            if (best == 0 || counts[best] * 64 < sample.Length)
                break;
            found.Add(best);
        }

        return found;
    }
}
