using Compressor.Concurrency;
using Compressor.Prediction.Mixing;
using Compressor.Prediction.Samples;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>Samples ↔ payload: the decisions of a <see cref="SampleModel"/> meet the range coder. Bytes before the first and after the last whole sample are coded plainly.</summary>
internal static class SampleCoder
{
    private const int SamplesPerReport = 1 << 13;

    /// <summary>Codes the content of a block.</summary>
    /// <param name="content">At least one byte.</param>
    /// <param name="layout">How samples lie in it.</param>
    /// <param name="progress">Told how many of the bytes are done; null for none.</param>
    /// <param name="cancellation">Checked often.</param>
    public static byte[] Encode(ReadOnlySpan<byte> content, SampleLayout layout, ProgressMeter.Part? progress, CancellationToken cancellation)
    {
        var encoder = new RangeEncoder();
        using var model = Open(layout);
        var lead = Math.Min(layout.Lead, content.Length);
        var count = (content.Length - lead) / layout.Width;
        for (var i = 0; i < lead; i++) EncodePlain(encoder, content[i]);
        for (var i = 0; i < count; i++)
        {
            if (i % SamplesPerReport == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Reach(i * layout.Width, content.Length);
            }

            var value = layout.Read(content.Slice(lead + (i * layout.Width), layout.Width));
            for (model.Begin(); model.Value < 0;)
            {
                var bit = value >= model.Point ? 1 : 0;
                encoder.EncodeBit(bit, model.Predict());
                model.Update(bit);
            }

            model.End();
        }

        for (var i = lead + (count * layout.Width); i < content.Length; i++) EncodePlain(encoder, content[i]);
        return encoder.Finish().ToArray();
    }

    /// <summary>Decodes the content of a block.</summary>
    /// <exception cref="InvalidDataException">The payload is not that of a message of this length.</exception>
    public static byte[] Decode(ReadOnlyMemory<byte> payload, int length, SampleLayout layout, ProgressMeter.Part progress, CancellationToken cancellation)
    {
        var decoder = new RangeDecoder(payload);
        var content = new byte[length];
        using var model = Open(layout);
        var lead = Math.Min(layout.Lead, length);
        var count = (length - lead) / layout.Width;
        for (var i = 0; i < lead; i++) content[i] = DecodePlain(decoder);
        for (var i = 0; i < count; i++)
        {
            if (i % SamplesPerReport == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Reach(i * layout.Width, length);
            }

            for (model.Begin(); model.Value < 0;) model.Update(decoder.DecodeBit(model.Predict()));
            layout.Write(model.Value, content.AsSpan(lead + (i * layout.Width), layout.Width));
            model.End();
        }

        for (var i = lead + (count * layout.Width); i < length; i++) content[i] = DecodePlain(decoder);
        decoder.Finish();
        return content;
    }

    private static SampleModel Open(SampleLayout layout) => new(layout.Kind == SampleKind.Picture ? new PicturePredictor(layout) : new SoundPredictor(layout), layout.Range);

    private static void EncodePlain(RangeEncoder encoder, byte value)
    {
        for (var shift = 7; shift >= 0; shift--) encoder.EncodeBit((value >> shift) & 1, Logistic.One / 2);
    }

    private static byte DecodePlain(RangeDecoder decoder)
    {
        var value = 0;
        for (var i = 0; i < 8; i++) value = (2 * value) + decoder.DecodeBit(Logistic.One / 2);
        return (byte)value;
    }
}
