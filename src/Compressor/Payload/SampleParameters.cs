using Compressor.Container;
using Compressor.Prediction.Samples;

namespace Compressor.Payload;

/// <summary>What a block's header says of its samples ↔ their layout.</summary>
internal static class SampleParameters
{
    public static SampleHeader HeaderOf(SampleLayout layout)
    {
        var flags = (layout.Kind == SampleKind.Sound ? SampleHeader.SoundFlag : 0)
            | (layout.BigEndian ? SampleHeader.BigEndianFlag : 0)
            | (layout.Signed ? SampleHeader.SignedFlag : 0);
        return new SampleHeader(flags, layout.Width, layout.Channels, layout.Stride, layout.Origin);
    }

    /// <exception cref="InvalidDataException">There are no such samples. A header that was read is never refused here: it was refused there.</exception>
    public static SampleLayout LayoutOf(SampleHeader header)
    {
        var layout = new SampleLayout(
            (header.Flags & SampleHeader.SoundFlag) != 0 ? SampleKind.Sound : SampleKind.Picture,
            header.Width,
            (header.Flags & SampleHeader.BigEndianFlag) != 0,
            (header.Flags & SampleHeader.SignedFlag) != 0,
            header.Channels,
            header.Stride,
            header.Origin);
        return layout.IsValid ? layout : throw new InvalidDataException("the samples of the block do not lie as any may");
    }
}
