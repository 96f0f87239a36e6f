using Compressor.Concurrency;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>Bytes ↔ payload: the probabilities of a <see cref="ByteMemory"/>, bit by bit, meet the range coder.</summary>
internal static class ByteCoder
{
    private const int BytesPerReport = 1 << 14;

    /// <summary>Codes the content of a block.</summary>
    /// <param name="content">At least one byte.</param>
    /// <param name="shape">What the memory is told about it.</param>
    /// <param name="memoryBits">Size of the memory.</param>
    /// <param name="dictionary">What the memory learns first; may be empty.</param>
    /// <param name="progress">Told how many of the bytes are done; null for none.</param>
    /// <param name="cancellation">Checked often.</param>
    public static byte[] Encode(
        ReadOnlySpan<byte> content,
        ByteShape shape,
        int memoryBits,
        ReadOnlySpan<byte> dictionary,
        ProgressMeter.Part? progress,
        CancellationToken cancellation)
    {
        var encoder = new RangeEncoder();
        using var memory = new ByteMemory(dictionary.Length + content.Length, shape, memoryBits);
        Learn(memory, dictionary, cancellation);
        for (var i = 0; i < content.Length; i++)
        {
            if (i % BytesPerReport == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Reach(i, content.Length);
            }

            for (var shift = 7; shift >= 0; shift--)
            {
                var bit = (content[i] >> shift) & 1;
                encoder.EncodeBit(bit, memory.Predict());
                memory.Update(bit);
            }
        }

        return encoder.Finish().ToArray();
    }

    /// <summary>Decodes the content of a block.</summary>
    /// <exception cref="InvalidDataException">The payload is not that of a message of this length.</exception>
    public static byte[] Decode(
        ReadOnlyMemory<byte> payload,
        int length,
        ByteShape shape,
        int memoryBits,
        ReadOnlySpan<byte> dictionary,
        ProgressMeter.Part progress,
        CancellationToken cancellation)
    {
        var decoder = new RangeDecoder(payload);
        using var memory = new ByteMemory(dictionary.Length + length, shape, memoryBits);
        Learn(memory, dictionary, cancellation);
        for (var i = 0; i < length; i++)
        {
            if (i % BytesPerReport == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Reach(i, length);
            }

            for (var bits = 0; bits < 8; bits++)
                memory.Update(decoder.DecodeBit(memory.Predict()));
        }

        decoder.Finish();
        return memory.Content[dictionary.Length..].ToArray();
    }

    private static void Learn(ByteMemory memory, ReadOnlySpan<byte> dictionary, CancellationToken cancellation)
    {
        for (; !dictionary.IsEmpty; dictionary = dictionary[Math.Min(BytesPerReport, dictionary.Length)..])
        {
            cancellation.ThrowIfCancellationRequested();
            memory.Learn(dictionary[..Math.Min(BytesPerReport, dictionary.Length)]);
        }
    }
}
