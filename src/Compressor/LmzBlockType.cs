namespace Compressor;

/// <summary>How a block holds its content. The values are those of the format.</summary>
public enum LmzBlockType
{
    /// <summary>No block: the end of a frame.</summary>
    End = 0,

    /// <summary>As it is.</summary>
    Stored = 1,

    /// <summary>As tokens, coded with the probabilities of a transformer.</summary>
    Transformer = 2,
}
