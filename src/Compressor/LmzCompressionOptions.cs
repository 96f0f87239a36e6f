using Compressor.Format;

namespace Compressor;

/// <summary>How to compress. The result depends on the model, the memory and the block length, never on the threads.</summary>
public sealed class LmzCompressionOptions
{
    /// <summary>The shortest <see cref="BlockLength"/>, in bytes.</summary>
    public const int MinBlockLength = 1 << 12;

    /// <summary>The longest <see cref="BlockLength"/>, in bytes.</summary>
    public const int MaxBlockLength = BlockHeader.MaxContentLength;

    /// <summary>The <see cref="BlockLength"/> unless another is given, in bytes.</summary>
    public const int DefaultBlockLength = 1 << 20;

    /// <summary>The model to compress with; null for <see cref="LanguageModel.Default"/>.</summary>
    public LanguageModel? Model { get; init; }

    /// <summary>
    /// Whether blocks of tokens also learn from themselves while they are coded (docs/memory.md has what that saves), which
    /// is the default; without, the transformer's probabilities are coded as they are.
    /// </summary>
    public bool Memory { get; init; } = true;

    /// <summary>How many blocks to compress at the same time; 0 for as many as there are cores.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>
    /// The content of a block in bytes. Blocks are independent: longer ones compress better, shorter ones give more
    /// threads something to do and take less memory.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within <see cref="MinBlockLength"/> to <see cref="MaxBlockLength"/>.</exception>
    public int BlockLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, MinBlockLength);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxBlockLength);
            field = value;
        }
    } = DefaultBlockLength;
}
