namespace Compressor;

/// <summary>Some records of a batch cannot be decompressed.</summary>
/// <example><code>
/// try
/// {
///     contents = LmzBatch.Decompress(records);
/// }
/// catch (LmzBatchException e)
/// {
///     foreach (LmzBatchFailure failure in e.Failures)
///         Console.Error.WriteLine($"record {failure.Index}: {failure.Error.Message}");
///     contents = e.Contents; // null where a record is lost
/// }
/// </code></example>
public sealed class LmzBatchException : IOException
{
    /// <summary>Says which records failed and what the others hold.</summary>
    /// <param name="failures">The records that failed, in their order; at least one.</param>
    /// <param name="contents">The content of every record; null for one that failed.</param>
    public LmzBatchException(IReadOnlyList<LmzBatchFailure> failures, IReadOnlyList<byte[]?> contents)
        : base(Describe(failures, contents), failures[0].Error)
    {
        Failures = failures;
        Contents = contents;
    }

    /// <summary>The records that failed, in their order.</summary>
    public IReadOnlyList<LmzBatchFailure> Failures { get; }

    /// <summary>The content of every record, in their order; null for one that failed.</summary>
    public IReadOnlyList<byte[]?> Contents { get; }

    private static string Describe(IReadOnlyList<LmzBatchFailure> failures, IReadOnlyList<byte[]?> contents) =>
        $"{failures.Count} of {contents.Count} records cannot be decompressed; the first is record {failures[0].Index}: {failures[0].Error.Message}";
}

/// <summary>A record of a batch that cannot be decompressed.</summary>
/// <param name="Index">Its place among the records, from 0.</param>
/// <param name="Error">What <see cref="Lmz.Decompress(ReadOnlySpan{byte}, LmzDecompressionOptions?)"/> throws for it: an
/// <see cref="InvalidDataException"/>, a <see cref="ModelNotFoundException"/> or a <see cref="DictionaryNotFoundException"/>.</param>
public sealed record LmzBatchFailure(int Index, Exception Error);
