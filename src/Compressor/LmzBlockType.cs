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

    /// <summary>As tokens, coded with the probabilities of a transformer and of a memory of the block itself.</summary>
    TransformerAndMemory = 3,

    /// <summary>With the Brotli format (RFC 7932).</summary>
    Brotli = 4,

    /// <summary>As bytes, coded with the probabilities of a memory of the block itself. No model is needed.</summary>
    Memory = 5,

    /// <summary>Long repeats of what was before in the frame, and the rest in a block of another type, which is what <see cref="LmzBlockInfo.Type"/> tells.</summary>
    Repeats = 7,
}
