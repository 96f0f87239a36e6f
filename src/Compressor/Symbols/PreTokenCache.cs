using System.Buffers.Binary;

namespace Compressor.Symbols;

/// <summary>
/// Remembers the tokens of short pre-tokens. Text repeats its words, so most pre-tokens are found here. A direct-mapped table:
/// a newcomer replaces what is in its slot. It changes the speed of tokenization, never its result.
/// </summary>
internal sealed class PreTokenCache
{
    /// <summary>Longer pre-tokens, and pre-tokens of more tokens, are rare and not kept.</summary>
    public const int MaxPreTokenLength = 15;

    private const int MaxTokens = 7;
    private const int SlotBits = 14;
    private const int SlotSize = MaxTokens + 1; // the number of tokens, then the tokens

    private readonly (ulong Low, ulong High)[] _keys = new (ulong, ulong)[1 << SlotBits];
    private readonly int[] _slots = new int[SlotSize << SlotBits];

    /// <summary>The tokens kept for a pre-token of 1 to <see cref="MaxPreTokenLength"/> bytes; empty when there are none.</summary>
    public ReadOnlySpan<int> Find(ReadOnlySpan<byte> preToken)
    {
        var key = Key(preToken);
        var index = Index(key);
        return _keys[index] == key ? _slots.AsSpan((index * SlotSize) + 1, _slots[index * SlotSize]) : [];
    }

    /// <summary>Keeps the tokens of a pre-token of 1 to <see cref="MaxPreTokenLength"/> bytes, if they are few enough.</summary>
    public void Add(ReadOnlySpan<byte> preToken, ReadOnlySpan<int> tokens)
    {
        if (tokens.Length > MaxTokens)
            return;

        var key = Key(preToken);
        var index = Index(key);
        _keys[index] = key;
        _slots[index * SlotSize] = tokens.Length;
        tokens.CopyTo(_slots.AsSpan((index * SlotSize) + 1));
    }

    /// <summary>The pre-token itself, padded with zeros, with its length in the last byte: no two pre-tokens share a key.</summary>
    private static (ulong Low, ulong High) Key(ReadOnlySpan<byte> preToken)
    {
        Span<byte> key = stackalloc byte[16];
        key.Clear();
        preToken.CopyTo(key);
        key[15] = (byte)preToken.Length;
        return (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
    }

    private static int Index((ulong Low, ulong High) key) =>
        (int)(((key.Low * 0x9E3779B97F4A7C15) ^ (key.High * 0xC2B2AE3D27D4EB4F)) >> (64 - SlotBits));
}
