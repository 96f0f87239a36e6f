using Compressor.Concurrency;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>Bytes ↔ payload: the probabilities of a <see cref="ByteMixingModel"/>, bit by bit, meet the range coder.</summary>
internal static class ByteCoder
{
    private const int BytesPerReport = 1 << 14;

    // The content is a lane, and so is the dictionary.
    private const int ContentLane = 0, DictionaryLane = 1;

    /// <summary>Codes the content of a block.</summary>
    /// <param name="content">At least one byte.</param>
    /// <param name="mixing">How mixing is set up.</param>
    /// <param name="dictionary">What it learns first; may be empty.</param>
    /// <param name="progress">Told how many of the bytes are done; null for none.</param>
    /// <param name="cancellation">Checked often.</param>
    public static byte[] Encode(
        ReadOnlySpan<byte> content,
        MixingParameters mixing,
        ReadOnlySpan<byte> dictionary,
        ProgressMeter.Part? progress,
        CancellationToken cancellation)
    {
        var encoder = new RangeEncoder();
        using var model = Open(mixing, content.Length, dictionary, cancellation);
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
                encoder.EncodeBit(bit, model.Predict());
                model.Update(bit);
            }
        }

        return encoder.Finish().ToArray();
    }

    /// <summary>Decodes the content of a block.</summary>
    /// <exception cref="InvalidDataException">The payload is not that of a message of this length.</exception>
    public static byte[] Decode(
        ReadOnlyMemory<byte> payload,
        int length,
        MixingParameters mixing,
        ReadOnlySpan<byte> dictionary,
        ProgressMeter.Part progress,
        CancellationToken cancellation)
    {
        var decoder = new RangeDecoder(payload);
        using var model = Open(mixing, length, dictionary, cancellation);
        for (var i = 0; i < length; i++)
        {
            if (i % BytesPerReport == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Reach(i, length);
            }

            for (var bits = 0; bits < 8; bits++)
                model.Update(decoder.DecodeBit(model.Predict()));
        }

        decoder.Finish();
        return model.ContentOf(ContentLane).ToArray();
    }

    private static ByteMixingModel Open(MixingParameters mixing, int length, ReadOnlySpan<byte> dictionary, CancellationToken cancellation)
    {
        var model = new ByteMixingModel(mixing.Shape, mixing.TableBits, length + dictionary.Length, dictionary.IsEmpty ? 1 : 2);
        if (dictionary.IsEmpty)
            return model;
        model.Select(DictionaryLane);
        try
        {
            for (; !dictionary.IsEmpty; dictionary = dictionary[Math.Min(BytesPerReport, dictionary.Length)..])
            {
                cancellation.ThrowIfCancellationRequested();
                model.Learn(dictionary[..Math.Min(BytesPerReport, dictionary.Length)]);
            }
        }
        catch
        {
            model.Dispose();
            throw;
        }

        model.Continue(ContentLane, DictionaryLane);
        model.Select(ContentLane);
        return model;
    }
}
