namespace Compressor.Container;

/// <summary>The part of a block's header that says how context mixing is set up.</summary>
/// <param name="Profile">Which contexts there are.</param>
/// <param name="Stride">The length of records or rows in bytes; 0 where there are none.</param>
/// <param name="TableBits">log2 of the slots of the tables.</param>
internal readonly record struct MixingHeader(int Profile, int Stride, int TableBits)
{
    /// <summary>Profiles are below this.</summary>
    public const int Profiles = 8;

    /// <summary>The profiles that need a stride.</summary>
    private const int RowProfile = 2, FastRowProfile = 5;

    /// <summary>The longest stride.</summary>
    public const int MaxStride = 1 << 16;

    /// <summary>The least size of tables, as <see cref="TableBits"/>.</summary>
    public const int MinTableBits = 10;

    /// <summary>The largest size of tables.</summary>
    public const int MaxTableBits = 24;

    /// <summary>Appends the fields as the format has them.</summary>
    public void Write(List<byte> bytes)
    {
        bytes.Add((byte)Profile);
        Varint.Write(bytes, Stride);
        Varint.Write(bytes, TableBits);
    }

    /// <summary>Reads the fields; whether they are right, the reader says.</summary>
    public static MixingHeader Read(FormatReader reader) => Read(reader, reader.ReadByte("block header"));

    /// <summary>Reads those after the profile, which was read last.</summary>
    public static MixingHeader Read(FormatReader reader, int profile)
    {
        if (profile >= Profiles)
            reader.Fail($"unknown profile {profile}");
        var stride = (int)reader.ReadNumber("stride", profile is RowProfile or FastRowProfile ? 1 : 0, MaxStride);
        return new MixingHeader(profile, stride, (int)reader.ReadNumber("size of the tables", MinTableBits, MaxTableBits));
    }
}
