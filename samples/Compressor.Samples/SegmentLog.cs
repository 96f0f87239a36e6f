using System.Globalization;

namespace Compressor.Samples;

/// <summary>
/// A queue's log in segments, as brokers keep theirs: each file is named by the offset of its first message, old segments are deleted whole, and a
/// consumer reads on from any offset.
/// </summary>
public sealed class SegmentLog : IDisposable
{
    private readonly string _folder;
    private readonly int _segmentSize;
    private readonly LmzRecordOptions _options;
    private LmzRecordWriter _writer;
    private long _first;

    /// <summary>Opens a log to append to, or starts one.</summary>
    /// <param name="folder">Of the segments.</param>
    /// <param name="segmentSize">Messages in a segment.</param>
    /// <param name="dictionary">Made from messages of before; null for none.</param>
    public SegmentLog(string folder, int segmentSize, LmzDictionary? dictionary)
    {
        (_folder, _segmentSize) = (folder, segmentSize);
        _options = new LmzRecordOptions { Level = 1, Dictionary = dictionary, CheckRecords = true };
        Directory.CreateDirectory(folder);
        _first = Segments(folder).LastOrDefault();
        _writer = LmzRecordWriter.Open(PathOf(folder, _first), _options);
    }

    /// <summary>Appends a message; returns its offset.</summary>
    public long Append(ReadOnlySpan<byte> message)
    {
        if (_writer.Count == _segmentSize)
        {
            _writer.Dispose();
            _first += _segmentSize;
            _writer = LmzRecordWriter.Open(PathOf(_folder, _first), _options);
        }

        return _first + _writer.Add(message);
    }

    /// <summary>Lets consumers see the messages so far.</summary>
    public void Flush() => _writer.Flush();

    /// <summary>The messages from an offset on.</summary>
    public static IEnumerable<(long Offset, byte[] Message)> Read(string folder, long offset, LmzDictionary? dictionary)
    {
        foreach (var first in Segments(folder))
        {
            using var reader = LmzRecordReader.Open(PathOf(folder, first), dictionary);
            foreach (var record in reader.ReadRange(Math.Max(0, offset - first)))
                yield return (first + record.Number, record.Content);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private static IEnumerable<long> Segments(string folder) => Directory.GetFiles(folder, "*.lmr")
        .Select(path => long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture)).Order();

    private static string PathOf(string folder, long first) => Path.Combine(folder, $"{first:D20}.lmr");
}
