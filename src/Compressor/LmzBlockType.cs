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

    /// <summary>As tokens, coded with the probabilities of a transformer and of context mixing, which learns from the block itself.</summary>
    TransformerAndMixing = 3,

    /// <summary>With the Brotli format (RFC 7932).</summary>
    Brotli = 4,

    /// <summary>As bytes, coded with the probabilities of context mixing alone. No model is needed.</summary>
    ContextMixing = 5,

    /// <summary>
    /// As tokens, coded with the probabilities of a transformer, of a copy of it that learns from the block while it is coded, and of context mixing.
    /// </summary>
    Learning = 6,

    /// <summary>Long repeats of what was before in the frame, and the rest in a block of another type, which is what <see cref="LmzBlockInfo.Type"/> tells.</summary>
    Repeats = 7,
}
