namespace Compressor;

/// <summary>What was done to a block's content before it was cut into tokens. The values are those of the format.</summary>
public enum LmzFilter
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Line ends of carriage return and line feed became line feeds.</summary>
    LineEnds = 1,
}
