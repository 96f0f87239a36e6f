namespace Compressor.Container;

/// <summary>The part of a block's header that says how samples of a picture or of sound lie in its content.</summary>
/// <param name="Flags">Bit 0: sound, else a picture; bit 1: the highest byte of a sample comes first; bit 2: samples are in two's complement.</param>
/// <param name="Width">Bytes of a sample.</param>
/// <param name="Channels">Samples of a pixel, or of a moment.</param>
/// <param name="Stride">Bytes of a row with what pads it; of sound, of a moment. No more than the content has, as memory is in proportion to it.</param>
/// <param name="Origin">Where, modulo the stride, a row starts in the content.</param>
internal readonly record struct SampleHeader(int Flags, int Width, int Channels, int Stride, int Origin)
{
    /// <summary>The profile of such a block.</summary>
    public const int Profile = 8;

    public const int SoundFlag = 1, BigEndianFlag = 2, SignedFlag = 4;

    /// <summary>The widest sample, in bytes.</summary>
    public const int MaxWidth = 2;

    /// <summary>The most channels.</summary>
    public const int MaxChannels = 8;

    /// <summary>The longest row, in bytes.</summary>
    public const int MaxStride = 1 << 17;

    private const int AllFlags = SoundFlag | BigEndianFlag | SignedFlag;

    /// <summary>Appends the profile and the fields as the format has them.</summary>
    public void Write(List<byte> bytes)
    {
        bytes.Add(Profile);
        bytes.Add((byte)Flags);
        Varint.Write(bytes, Width);
        Varint.Write(bytes, Channels);
        Varint.Write(bytes, Stride);
        Varint.Write(bytes, Origin);
    }

    /// <summary>Reads the fields after the profile; whether they are right, the reader says.</summary>
    public static SampleHeader Read(FormatReader reader, int contentLength)
    {
        var flags = reader.ReadByte("block header");
        if ((flags & ~AllFlags) != 0)
            reader.Fail($"unknown flags of samples {flags}");
        var width = (int)reader.ReadNumber("width of samples", 1, MaxWidth);
        var channels = (int)reader.ReadNumber("number of channels", 1, MaxChannels);
        var stride = (int)reader.ReadNumber("stride", 1, Math.Min(MaxStride, contentLength));
        var pixel = channels * width;
        if (stride % width != 0 || stride < pixel || ((flags & SoundFlag) != 0 && stride != pixel))
            reader.Fail($"the stride is {stride} bytes, of {channels} channels of {width} bytes");
        return new SampleHeader(flags, width, channels, stride, (int)reader.ReadNumber("origin of rows", 0, stride - 1));
    }
}
