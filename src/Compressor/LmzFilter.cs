namespace Compressor;

/// <summary>What was done to a block's content before it was predicted. The values are those of the format.</summary>
[Flags]
public enum LmzFilter
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Line ends of carriage return and line feed became line feeds.</summary>
    LineEnds = 1,

    /// <summary>Line breaks that follow from the length of the lines became spaces.</summary>
    LineBreaks = 2,
}
