namespace Compressor.Prediction.Samples;

/// <summary>What samples are of. The values are those of the format.</summary>
internal enum SampleKind
{
    /// <summary>Rows of pixels.</summary>
    Picture = 0,

    /// <summary>Frames of one moment each.</summary>
    Sound = 1,
}

/// <summary>How the samples of a block lie in its bytes.</summary>
/// <param name="Kind">Picture or sound.</param>
/// <param name="Width">Bytes of a sample, 1 to <see cref="MaxWidth"/>.</param>
/// <param name="BigEndian">Whether its highest byte comes first.</param>
/// <param name="Signed">Whether it is in two's complement.</param>
/// <param name="Channels">Samples of a pixel or of a moment, 1 to <see cref="MaxChannels"/>.</param>
/// <param name="Stride">Bytes of a row, with what pads it; of sound, of a moment.</param>
/// <param name="Origin">Where, modulo the stride, a row starts in the block.</param>
internal readonly record struct SampleLayout(SampleKind Kind, int Width, bool BigEndian, bool Signed, int Channels, int Stride, int Origin)
{
    /// <summary>The widest sample, in bytes.</summary>
    public const int MaxWidth = 2;

    /// <summary>The most channels.</summary>
    public const int MaxChannels = 8;

    /// <summary>The longest row, in bytes: what is remembered of a row is a few hundred bytes for each of them at most.</summary>
    public const int MaxStride = 1 << 17;

    /// <summary>How many values a sample may have.</summary>
    public int Range => 1 << (8 * Width);

    /// <summary>Samples of a row.</summary>
    public int RowLength => Stride / Width;

    /// <summary>Bytes before the first whole sample of a block.</summary>
    public int Lead => Origin % Width;

    /// <summary>Where in its row the first whole sample is.</summary>
    public int FirstColumn => (RowLength - Origin / Width) % RowLength;

    /// <summary>Whether a decoder may be asked for it.</summary>
    public bool IsValid =>
        Width is >= 1 and <= MaxWidth && Channels is >= 1 and <= MaxChannels && Stride % Width == 0 && Stride >= Channels * Width && Stride <= MaxStride
        && Origin >= 0 && Origin < Stride && (Kind == SampleKind.Picture || (Kind == SampleKind.Sound && Stride == Channels * Width));

    /// <summary>The value of a sample as a number from 0, in the order of what it means.</summary>
    public int Read(ReadOnlySpan<byte> bytes)
    {
        var value = 0;
        for (var i = 0; i < Width; i++) value = value << 8 | bytes[BigEndian ? i : Width - 1 - i];
        return Signed ? value ^ Range >> 1 : value;
    }

    /// <summary>The way back.</summary>
    public void Write(int value, Span<byte> bytes)
    {
        if (Signed) value ^= Range >> 1;
        for (var i = 0; i < Width; i++) bytes[BigEndian ? Width - 1 - i : i] = (byte)(value >> 8 * i);
    }
}
