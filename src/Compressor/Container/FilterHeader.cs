namespace Compressor.Container;

/// <summary>The part of a block's header that says how its content was filtered.</summary>
/// <param name="Applied">What was done.</param>
/// <param name="LineEnds">The length in bytes of what undoing <see cref="LmzFilter.LineEnds"/> needs; 0 without it.</param>
/// <param name="LineBreaks">The same of <see cref="LmzFilter.LineBreaks"/>.</param>
internal readonly record struct FilterHeader(LmzFilter Applied, int LineEnds, int LineBreaks)
{
    private const LmzFilter All = LmzFilter.LineEnds | LmzFilter.LineBreaks;

    /// <summary>The length of both.</summary>
    public int DataLength => LineEnds + LineBreaks;

    /// <summary>Appends the fields as the format has them.</summary>
    public void Write(List<byte> bytes)
    {
        bytes.Add((byte)Applied);
        if (Applied.HasFlag(LmzFilter.LineEnds))
            Varint.Write(bytes, LineEnds);
        if (Applied.HasFlag(LmzFilter.LineBreaks))
            Varint.Write(bytes, LineBreaks);
    }

    /// <summary>Reads the fields; whether they are right, the reader says.</summary>
    public static FilterHeader Read(FormatReader reader, int contentLength)
    {
        var applied = (LmzFilter)reader.ReadByte("block header");
        if ((applied & ~All) != 0)
            reader.Fail($"unknown filter {(int)applied}");

        // A block is there because it is smaller than its content.
        var lineEnds = applied.HasFlag(LmzFilter.LineEnds) ? (int)reader.ReadNumber("length of the list of line ends", 0, contentLength) : 0;
        var lineBreaks = applied.HasFlag(LmzFilter.LineBreaks)
            ? (int)reader.ReadNumber("length of the line breaks", 0, contentLength - lineEnds) : 0;
        return new FilterHeader(applied, lineEnds, lineBreaks);
    }
}
