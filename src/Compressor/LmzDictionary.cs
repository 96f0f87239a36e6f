using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Compressor.Container;
using Compressor.Payload;
using Compressor.Records;

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

    /// <summary>How many bytes <see cref="Train"/> takes if not told: as many as other trainers do.</summary>
    public const int DefaultTrainedLength = 110 << 10;

    private readonly ConcurrentDictionary<LanguageModel, Lazy<DictionaryTokens>> _tokens = new();
    private readonly ConcurrentDictionary<RecordForm, Lazy<PreparedDictionary>> _prepared = new();
    private readonly byte[] _content;
    private readonly DictionaryContent _samples;

    /// <summary>Takes the bytes of a dictionary.</summary>
    /// <param name="content">1 to <see cref="MaxLength"/> bytes. The most alike is best at the end.</param>
    /// <exception cref="ArgumentException">There is none, or too much.</exception>
    public LmzDictionary(ReadOnlySpan<byte> content)
    {
        if (content.Length is 0 or > MaxLength)
            throw new ArgumentException($"A dictionary has {content.Length} bytes, not within 1 to {MaxLength}.", nameof(content));
        _content = content.ToArray();
        _samples = DictionaryContent.Parse(_content);
        Hash = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(_content));
    }

    /// <summary>Says in compressed data which dictionary it was made with: 16 hexadecimal digits of its SHA-256.</summary>
    public string Id => FrameHeader.DictionaryIdOf(Hash);

    internal ulong Hash { get; }

    internal ReadOnlySpan<byte> Content => _samples.Text.Span;

    /// <summary>The bytes that <see cref="LmzDictionary(ReadOnlySpan{byte})"/> takes, for a file.</summary>
    public byte[] ToArray() => [.. _content];

    /// <summary>Makes a dictionary of those of many samples that have most in common with the others.</summary>
    /// <param name="samples">Records like those to be compressed; hundreds of times as many bytes as <paramref name="maxLength"/> are used, more are a waste.</param>
    /// <param name="maxLength">The most bytes of the dictionary, 1 to <see cref="MaxLength"/>.</param>
    /// <exception cref="ArgumentException">No sample fits.</exception>
    public static LmzDictionary Train(IReadOnlyList<ReadOnlyMemory<byte>> samples, int maxLength = DefaultTrainedLength)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLength, MaxLength);
        var chosen = DictionaryTrainer.Choose(samples, maxLength);
        return chosen.Count > 0
            ? new LmzDictionary(DictionaryContent.Format(chosen))
            : throw new ArgumentException($"None of {samples.Count} samples fits into {maxLength} bytes.", nameof(samples));
    }

    /// <summary>What a model of records knows after it.</summary>
    internal PreparedDictionary For(RecordForm form) =>
        _prepared.GetOrAdd(form, key => new Lazy<PreparedDictionary>(() => new PreparedDictionary(key, _samples.Samples))).Value;

    /// <summary>The data as a model sees it.</summary>
    internal DictionaryTokens For(LanguageModel model) =>
        _tokens.GetOrAdd(model, key => new Lazy<DictionaryTokens>(() => DictionaryTokens.Of(Content, key))).Value;
}
