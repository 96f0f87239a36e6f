namespace Compressor.Benchmarks.Records;

/// <summary>The records of a file, one a line: some to compress, and the others to train on.</summary>
/// <param name="Name">The file's, without folder and extension.</param>
/// <param name="Tests">At most 300 and a fifth of all, evenly spread.</param>
/// <param name="Samples">The others.</param>
internal sealed record RecordSet(string Name, byte[][] Tests, byte[][] Samples)
{
    private const int MaxTests = 300, LeastOthers = 4;

    /// <exception cref="InvalidDataException">There are too few lines.</exception>
    public static RecordSet Read(string path)
    {
        byte[][] records = [.. SplitLines(File.ReadAllBytes(path))];
        var step = Math.Max(LeastOthers + 1, records.Length / MaxTests);
        if (records.Length < 2 * step)
            throw new InvalidDataException($"{path} has only {records.Length} lines");
        var split = records.Index().ToLookup(record => record.Index % step == step / 2, record => record.Item);
        return new RecordSet(Path.GetFileNameWithoutExtension(path), [.. split[true].Take(MaxTests)], [.. split[false]]);
    }

    public long TestBytes => Tests.Sum(record => (long)record.Length);

    private static IEnumerable<byte[]> SplitLines(byte[] content)
    {
        for (int start = 0, end; start < content.Length; start = end + 1)
        {
            end = Array.IndexOf(content, (byte)'\n', start);
            end = end < 0 ? content.Length : end;
            if (end > start)
                yield return content[start..end];
        }
    }
}
