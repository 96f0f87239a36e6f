using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Compressor.Container;
using Compressor.Payload;

namespace Compressor;

/// <summary>
/// A dictionary that both sides have, such as the last version of a file or a sample of records like those to compress: what is
/// compressed with it is predicted from it as if it came after it. Immutable; one instance serves any number of threads and calls,
/// and is quicker from the second block on.
/// </summary>
/// <example><code>
/// var dictionary = new LmzDictionary(File.ReadAllBytes("sample.jsonl"));
/// byte[] packed = Lmz.Compress(record, new LmzCompressionOptions { Dictionary = dictionary });
/// byte[] again = Lmz.Decompress(packed, new LmzDecompressionOptions { Dictionary = dictionary });
/// </code></example>
public sealed class LmzDictionary
{
    /// <summary>The maximum length of a dictionary in bytes.</summary>
    public const int MaxLength = 1 << 22;

    private readonly ConcurrentDictionary<LanguageModel, Lazy<DictionaryTokens>> _tokens = new();
    private readonly byte[] _content;

    /// <summary>Takes the bytes of a dictionary.</summary>
    /// <param name="content">1 to <see cref="MaxLength"/> bytes. The most alike is best at the end.</param>
    /// <exception cref="ArgumentException">There is none, or too much.</exception>
    public LmzDictionary(ReadOnlySpan<byte> content)
    {
        if (content.Length is 0 or > MaxLength)
            throw new ArgumentException($"A dictionary has {content.Length} bytes, not within 1 to {MaxLength}.", nameof(content));
        _content = content.ToArray();
        Hash = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(_content));
    }

    /// <summary>Says in compressed data which dictionary it was made with: 16 hexadecimal digits of its SHA-256.</summary>
    public string Id => FrameHeader.DictionaryIdOf(Hash);

    internal ulong Hash { get; }

    internal ReadOnlySpan<byte> Content => _content;

    /// <summary>The data as a model sees it.</summary>
    internal DictionaryTokens For(LanguageModel model) =>
        _tokens.GetOrAdd(model, key => new Lazy<DictionaryTokens>(() => DictionaryTokens.Of(_content, key))).Value;
}
