using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Compressor.Symbols;

namespace Compressor.Training.Tokenization;

/// <summary>
/// The distinct pre-tokens of a text and how often each occurs, in order of first appearance
/// (so that nothing depends on hash codes).
/// </summary>
internal sealed class PreTokenCounts
{
    private readonly Dictionary<byte[], int> _indices = new(new BytesComparer());
    private readonly List<byte[]> _preTokens = [];
    private readonly List<long> _counts = [];

    public int Count => _preTokens.Count;

    public byte[] PreToken(int index) => _preTokens[index];

    public long Occurrences(int index) => _counts[index];

    /// <summary>Splits <paramref name="text"/> into pre-tokens and counts them.</summary>
    public void AddText(ReadOnlySpan<byte> text)
    {
        var lookup = _indices.GetAlternateLookup<ReadOnlySpan<byte>>();
        while (!text.IsEmpty)
        {
            var length = PreTokenizer.FirstPreTokenLength(text);
            var preToken = text[..length];
            ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, preToken, out var exists);
            if (!exists)
            {
                index = _preTokens.Count;
                _preTokens.Add(preToken.ToArray());
                _counts.Add(0);
            }

            CollectionsMarshal.AsSpan(_counts)[index]++;
            text = text[length..];
        }
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            // FNV-1a: pre-tokens are short.
            var hash = 2166136261;
            foreach (var b in alternate)
                hash = (hash ^ b) * 16777619;
            return (int)hash;
        }
    }
}
