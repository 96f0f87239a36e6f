using System.Text;
using System.Text.Json;

namespace Compressor.Samples;

/// <summary>A log of JSON events in a container of records: appended to by one process, queried by time by any number.</summary>
/// <param name="path">The file.</param>
/// <param name="dictionary">Made from events of before; null for none.</param>
public sealed class NdjsonLog(string path, LmzDictionary? dictionary) : IDisposable
{
    private readonly LmzRecordWriter _writer = LmzRecordWriter.Open(path, new LmzRecordOptions { Level = 1, Together = true, Keyed = true, Dictionary = dictionary });

    /// <summary>Logs an event. It can be queried after the next <see cref="Flush"/>, or when its group is full.</summary>
    public void Write<T>(DateTimeOffset time, T content) => _writer.Add(JsonSerializer.SerializeToUtf8Bytes(content), time.UtcTicks);

    /// <summary>Makes the events so far survive a crash.</summary>
    public void Flush() => _writer.Flush(toDisk: true);

    /// <summary>The events from a time up to another, itself included. Only the groups that they are in are decoded.</summary>
    public static IEnumerable<(DateTimeOffset Time, string Json)> Query(string path, LmzDictionary? dictionary, DateTimeOffset from, DateTimeOffset to)
    {
        using var reader = LmzRecordReader.Open(path, dictionary);
        foreach (var record in reader.ReadKeys(from.UtcTicks, to.UtcTicks))
            yield return (new DateTimeOffset(record.Key, TimeSpan.Zero), Encoding.UTF8.GetString(record.Content));
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
