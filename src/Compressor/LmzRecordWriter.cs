using Compressor.Container;
using Compressor.Records;

namespace Compressor;

/// <summary>
/// Writes many small records of one kind, such as messages, log lines or rows, into a container: one header for all, and about a byte for each beside what it
/// is coded in. Records come in groups; what is written of a container never changes, so when a writer is killed only the group is lost that was not finished, and
/// others may read meanwhile. For one thread at a time.
/// </summary>
/// <example><code>
/// using var writer = LmzRecordWriter.Open("events.lmr", new LmzRecordOptions { Dictionary = dictionary, Keyed = true });
/// writer.Add(Encoding.UTF8.GetBytes(json), DateTime.UtcNow.Ticks);
/// writer.Flush();
/// </code></example>
public sealed class LmzRecordWriter : IDisposable
{
    private readonly Stream _destination;
    private readonly bool _leaveOpen;
    private readonly int _groupSize, _threads;
    private readonly RecordGroupCoder _coder;
    private readonly List<Pending> _full = [];                // groups to be coded together
    private readonly List<StoredGroup> _unindexed = [];
    private Pending _pending;
    private long _end, _lastIndex;
    private bool _isBroken, _isDisposed;

    /// <summary>Starts a container.</summary>
    /// <param name="destination">Any stream; it need not seek.</param>
    /// <param name="options">How to write; null for the defaults.</param>
    /// <param name="leaveOpen">Whether the stream stays open when this is disposed.</param>
    public LmzRecordWriter(Stream destination, LmzRecordOptions? options = null, bool leaveOpen = false)
        : this(destination, options ??= new LmzRecordOptions(), HeaderOf(options), leaveOpen)
    {
        var bytes = _coder.Header.ToBytes();
        destination.Write(bytes);
        _end = bytes.Length;
        _pending = new Pending(0);
    }

    private LmzRecordWriter(Stream destination, LmzRecordOptions options, RecordFile file)
        : this(destination, options, file.Header, false)
    {
        (_end, _lastIndex) = (file.End, file.LastIndex);
        _unindexed.AddRange(file.Groups.Skip(file.Indexed));
        _pending = new Pending(file.Count);
    }

    private LmzRecordWriter(Stream destination, LmzRecordOptions options, RecordFileHeader header, bool leaveOpen)
    {
        ArgumentNullException.ThrowIfNull(destination);
        (_destination, _leaveOpen, _groupSize, _threads) = (destination, leaveOpen, options.GroupSize, options.ThreadCount);
        _coder = new RecordGroupCoder(header, PreparedDictionary.For(header.Form, header.DictionaryHash is null ? null : options.Dictionary));
        _pending = new Pending(0);
    }

    /// <summary>The number that the next record will have.</summary>
    public long Count => _pending.First + _pending.Records.Count;

    /// <summary>
    /// Opens a container in a file to append to it, or starts one where there is none. What a killed writer left unfinished is cut off.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">
    /// How to write; null for the defaults. A container that exists keeps its level and what else its header says; only its dictionary must be the same.
    /// </param>
    /// <exception cref="InvalidDataException">The file is no container of records, or its header is damaged.</exception>
    /// <exception cref="DictionaryNotFoundException">It was written with a dictionary, and that is not it.</exception>
    public static LmzRecordWriter Open(string path, LmzRecordOptions? options = null)
    {
        options ??= new LmzRecordOptions();
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            return OpenStream(stream, options);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Adds a record.</summary>
    /// <param name="record">At most <see cref="LmzRecordOptions.MaxRecordLength"/> bytes, of any kind; it may be empty.</param>
    /// <param name="key">A number to find it by; 0 where the container has no keys. Queries are quick if records come roughly in the order of their keys.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="ArgumentException">The record is too long, or has a key where there are none.</exception>
    public long Add(ReadOnlySpan<byte> record, long key = 0)
    {
        Check();
        if (record.Length > LmzRecordOptions.MaxRecordLength)
            throw new ArgumentException($"The record has {record.Length} bytes; the most are {LmzRecordOptions.MaxRecordLength}.", nameof(record));
        if (key != 0 && !_coder.Header.Keyed)
            throw new ArgumentException("The container has no keys.", nameof(key));
        var number = Count;
        _pending.Records.Add(record.ToArray());
        _pending.Length += record.Length;
        if (_coder.Header.Keyed)
            _pending.Keys.Add(key);
        if (_pending.Records.Count < _groupSize && _pending.Length < RecordGroup.ClosingLength)
            return number;
        EndGroup();
        if (_full.Count >= _threads)
            WriteGroups();
        return number;
    }

    /// <summary>Writes all records so far, the last group with less records than it could have, and flushes the stream.</summary>
    /// <param name="toDisk">Whether a file's data is to reach the disk before this returns.</param>
    public void Flush(bool toDisk = false)
    {
        Check();
        if (_pending.Records.Count > 0)
            EndGroup();
        WriteGroups();
        if (toDisk && _destination is FileStream file)
            file.Flush(flushToDisk: true);
        else
            _destination.Flush();
    }

    /// <summary>Writes all records so far, and an index of the groups, and closes the stream, unless it is to stay open.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        try
        {
            if (!_isBroken)
            {
                Flush();
                WriteIndex();
                _destination.Flush();
            }
        }
        finally
        {
            _isDisposed = true;
            if (!_leaveOpen)
                _destination.Dispose();
        }
    }

    private static LmzRecordWriter OpenStream(FileStream stream, LmzRecordOptions options)
    {
        var header = HeaderOf(options).ToBytes();
        if (stream.Length < RecordFileHeader.MaxLength && IsStartOf(stream, header))
        {
            // Empty, or a writer was killed before it had begun.
            stream.SetLength(0);
            return new LmzRecordWriter(stream, options);
        }

        var file = new RecordFile(stream);
        if (file.Header.DictionaryHash is { } needed && needed != options.Dictionary?.Hash)
            throw new DictionaryNotFoundException(FrameHeader.DictionaryIdOf(needed), options.Dictionary?.Id);
        while (file.Groups.Count > file.Indexed && file.TryReadBody(file.Groups[^1].Chunk) is null)
            file.DropLast();
        stream.SetLength(file.End);
        stream.Position = file.End;
        return new LmzRecordWriter(stream, options, file);
    }

    private static bool IsStartOf(FileStream stream, byte[] header)
    {
        var bytes = new byte[stream.Length];
        stream.Position = 0;
        stream.ReadExactly(bytes);
        return bytes.Length < header.Length && header.AsSpan().StartsWith(bytes);
    }

    private static RecordFileHeader HeaderOf(LmzRecordOptions options) => new(
        RecordForm.OfLevel(options.Level, options.Dictionary?.Content.Length ?? 0), options.Together, options.CheckRecords, options.Keyed, options.Dictionary?.Hash);

    private void Check()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isBroken)
            throw new InvalidOperationException("Writing has failed before.");
    }

    private void EndGroup()
    {
        _full.Add(_pending);
        _pending = new Pending(Count);
    }

    /// <summary>Codes the groups that are full side by side, and writes them in their order.</summary>
    private void WriteGroups()
    {
        var coded = new (byte[] Bytes, RecordGroup Group)[_full.Count];
        Parallel.For(0, coded.Length, new ParallelOptions { MaxDegreeOfParallelism = _threads }, i =>
            coded[i].Bytes = _coder.Encode(_full[i].First, _full[i].Records, _full[i].Keys, out coded[i].Group));
        _full.Clear();
        _isBroken = true;   // until all is written: half a group at the end must not be written after
        foreach (var (bytes, group) in coded)
        {
            _destination.Write(bytes);
            _unindexed.Add(new StoredGroup(group, RecordChunk.Parse(bytes, _end, out _)!.Value));
            _end += bytes.Length;
            if (_unindexed.Count == RecordIndex.MaxGroups)
                WriteIndex();
        }

        _isBroken = false;
    }

    private void WriteIndex()
    {
        if (_unindexed.Count == 0)
            return;
        var bytes = new RecordIndex(_lastIndex, _unindexed).ToBytes(_coder.Header.Keyed);
        _destination.Write(bytes);
        _lastIndex = _end;
        _end += bytes.Length;
        _unindexed.Clear();
    }

    /// <summary>A group that is not coded yet.</summary>
    private sealed class Pending(long first)
    {
        public long First => first;

        public List<byte[]> Records { get; } = [];

        public List<long> Keys { get; } = [];

        public long Length { get; set; }
    }
}
