using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Frames;
using Compressor.Records;

namespace Compressor;

/// <summary>
/// Compresses and decompresses many small records at once: messages, rows, documents that are stored apart. Each becomes a frame of its
/// own, byte for byte that of <see cref="Lmz.Compress(ReadOnlySpan{byte}, LmzCompressionOptions?)"/>, and can be decompressed alone. Together
/// they are quicker: they share the threads, of which one alone can use only one, and what decompresses goes through the model side by side.
/// </summary>
/// <remarks>What small records have in common is best given as <see cref="LmzCompressionOptions.Dictionary"/>.</remarks>
/// <example><code>
/// byte[][] records = [.. File.ReadLines("events.jsonl").Select(Encoding.UTF8.GetBytes)];
/// byte[][] packed = LmzBatch.Compress(records);
/// byte[][] again = LmzBatch.Decompress(packed);
/// byte[] one = Lmz.Decompress(packed[17]);
/// </code></example>
public static class LmzBatch
{
    /// <summary>The maximum length of a single value in bytes.</summary>
    public const int MaxValueLength = RecordValue.MaxLength;

    /// <summary>Compresses records.</summary>
    /// <param name="records">The records; empty ones are allowed.</param>
    /// <param name="options">How to compress each; null for the defaults. The threads are shared by all.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>A frame for each record, in their order.</returns>
    /// <exception cref="DirectoryNotFoundException">No model is given and no built-in one is installed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static byte[][] Compress(
        IReadOnlyList<ReadOnlyMemory<byte>> records, LmzCompressionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        options ??= new LmzCompressionOptions();
        var settings = BlockSettings.Of(options);
        var threads = options.ThreadCount;
        var frames = new byte[records.Count][];

        // A record that is more than a thread's share of the whole gets all threads; the others one each, the longest first.
        var average = records.Sum(record => (long)record.Length) / threads;
        var (alone, together) = (new List<int>(), new List<int>());
        for (var i = 0; i < frames.Length; i++)
            (records[i].Length > average ? alone : together).Add(i);
        foreach (var i in alone)
            Compress(i, threads);
        LongestJobFirst.Run(together, i => records[i].Length, i => Compress(i, 1), threads, cancellationToken);
        return frames;

        void Compress(int i, int share)
        {
            using var content = new MemoryStream(records[i].ToArray());
            using var frame = new MemoryStream();
            FrameCompressor.Compress(content, frame, options, settings, null, cancellationToken, share);
            frames[i] = frame.ToArray();
        }
    }

    /// <inheritdoc cref="Compress(IReadOnlyList{ReadOnlyMemory{byte}}, LmzCompressionOptions?, CancellationToken)"/>
    /// <exception cref="ArgumentNullException">A record is null.</exception>
    public static byte[][] Compress(
        IReadOnlyList<byte[]> records, LmzCompressionOptions? options = null, CancellationToken cancellationToken = default) =>
        Compress(MemoriesOf(records), options, cancellationToken);

    /// <summary>Decompresses records.</summary>
    /// <param name="records">What <see cref="Compress(IReadOnlyList{ReadOnlyMemory{byte}}, LmzCompressionOptions?, CancellationToken)"/> or
    /// anything else in this library made: each one or more frames, and nothing else.</param>
    /// <param name="options">How to decompress; null for the defaults. The threads are shared by all records;
    /// <see cref="LmzDecompressionOptions.MaxContentLength"/> is the most content of each.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The content of each record, in their order.</returns>
    /// <exception cref="LmzBatchException">Some records cannot be decompressed. It says which and why, and has the content of the others.</exception>
    /// <exception cref="DirectoryNotFoundException">No model is given and no built-in one is installed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static byte[][] Decompress(
        IReadOnlyList<ReadOnlyMemory<byte>> records, LmzDecompressionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        var results = BatchDecompressor.Run(records, options ?? new LmzDecompressionOptions(), cancellationToken);
        LmzBatchFailure[] failures =
            [.. results.Index().Where(result => result.Item.Error is not null).Select(result => new LmzBatchFailure(result.Index, result.Item.Error!))];
        return failures.Length == 0
            ? [.. results.Select(result => result.Content!)]
            : throw new LmzBatchException(failures, [.. results.Select(result => result.Content)]);
    }

    /// <inheritdoc cref="Decompress(IReadOnlyList{ReadOnlyMemory{byte}}, LmzDecompressionOptions?, CancellationToken)"/>
    /// <exception cref="ArgumentNullException">A record is null.</exception>
    public static byte[][] Decompress(
        IReadOnlyList<byte[]> records, LmzDecompressionOptions? options = null, CancellationToken cancellationToken = default) =>
        Decompress(MemoriesOf(records), options, cancellationToken);

    /// <summary>Compresses a single value, such as a column of a row, to be stored where something else says how long it is. Two bytes beside what it is coded in.</summary>
    /// <param name="value">At most <see cref="MaxValueLength"/> bytes.</param>
    /// <param name="dictionary">What it is predicted from, learned when it is used first. Decompressing needs the same.</param>
    /// <param name="level">As <see cref="LmzRecordOptions.Level"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such level, or too many bytes.</exception>
    public static byte[] Compress(ReadOnlySpan<byte> value, LmzDictionary dictionary, int level = LmzRecordOptions.DefaultLevel)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentOutOfRangeException.ThrowIfLessThan(level, LmzRecordOptions.MinLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, LmzRecordOptions.MaxLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, MaxValueLength, nameof(value));
        return RecordValue.Encode(value, dictionary, level);
    }

    /// <summary>Decompresses a single value.</summary>
    /// <param name="data">What <see cref="Compress(ReadOnlySpan{byte}, LmzDictionary, int)"/> made, whatever the level.</param>
    /// <param name="dictionary">The dictionary that it was made with.</param>
    /// <exception cref="InvalidDataException">The data is damaged, or was made with another dictionary.</exception>
    public static byte[] Decompress(ReadOnlySpan<byte> data, LmzDictionary dictionary)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        return RecordValue.Decode(data, dictionary);
    }

    private static ReadOnlyMemory<byte>[] MemoriesOf(IReadOnlyList<byte[]> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        return [.. records.Select(record => new ReadOnlyMemory<byte>(record ?? throw new ArgumentNullException(nameof(records), "A record is null.")))];
    }
}
