using Compressor.Container;
using Compressor.Records;

namespace Compressor;

/// <summary>
/// Reads a container that an <see cref="LmzRecordWriter"/> wrote: any record by its number, ranges of numbers or of keys, or all. What is damaged costs its own group
/// and nothing else. Any number of readers may read while one writer appends; <see cref="Refresh"/> shows what is new. For any number of threads.
/// </summary>
/// <example><code>
/// using var reader = LmzRecordReader.Open("events.lmr", dictionary);
/// byte[] event17 = reader.Read(17);
/// foreach (var record in reader.ReadKeys(from.Ticks, to.Ticks)) Console.WriteLine(Encoding.UTF8.GetString(record.Content));
/// </code></example>
public sealed class LmzRecordReader : IDisposable
{
    private readonly Lock _lock = new();   // of the stream and the list of groups
    private readonly Stream _source;
    private readonly bool _leaveOpen;
    private readonly RecordFile _file;
    private readonly RecordGroupCoder? _coder;   // null without the dictionary: then only ReadInfo is of use

    /// <summary>Opens a container.</summary>
    /// <param name="source">A stream that can seek, of a container and nothing else.</param>
    /// <param name="dictionary">The dictionary that it was written with; one that it does not need is left aside.</param>
    /// <param name="leaveOpen">Whether the stream stays open when this is disposed.</param>
    /// <exception cref="InvalidDataException">It is no container of records, or its header is damaged.</exception>
    /// <exception cref="DictionaryNotFoundException">It was written with a dictionary, and that is not it.</exception>
    public LmzRecordReader(Stream source, LmzDictionary? dictionary = null, bool leaveOpen = false)
        : this(source, leaveOpen)
    {
        if (_file.Header.DictionaryHash is { } needed && needed != dictionary?.Hash)
            throw new DictionaryNotFoundException(FrameHeader.DictionaryIdOf(needed), dictionary?.Id);
        var used = _file.Header.DictionaryHash is null ? null : dictionary;
        _coder = new RecordGroupCoder(_file.Header, PreparedDictionary.For(_file.Header.Form, used));
    }

    private LmzRecordReader(Stream source, bool leaveOpen)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!source.CanSeek)
            throw new ArgumentException("The stream cannot seek.", nameof(source));
        (_source, _leaveOpen) = (source, leaveOpen);
        _file = new RecordFile(source);
    }

    /// <summary>The number after the last record's.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
                return _file.Count;
        }
    }

    /// <summary>Opens a container in a file, which others may append to meanwhile.</summary>
    /// <inheritdoc cref="LmzRecordReader(Stream, LmzDictionary?, bool)"/>
    public static LmzRecordReader Open(string path, LmzDictionary? dictionary = null)
    {
        var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return new LmzRecordReader(source, dictionary);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Says what is in a container; the dictionary is not needed.</summary>
    /// <exception cref="InvalidDataException">It is no container of records, or its header is damaged.</exception>
    public static LmzRecordsInfo ReadInfo(Stream source)
    {
        using var reader = new LmzRecordReader(source, leaveOpen: true);
        return reader.Info;
    }

    /// <summary>Whether data is a container of records, by its first four bytes.</summary>
    public static bool IsContainer(ReadOnlySpan<byte> start) => start.StartsWith(RecordFileHeader.Magic);

    /// <summary>Copies the header and every whole group of a damaged container. Records keep their numbers; those that are lost are missing.</summary>
    /// <param name="source">A stream that can seek.</param>
    /// <param name="destination">The container that is whole again.</param>
    /// <returns>What is in the copy; its <see cref="LmzRecordsInfo.DamagedBytes"/> and <see cref="LmzRecordsInfo.UnfinishedBytes"/> say what was left out of it.</returns>
    /// <exception cref="InvalidDataException">It is no container of records, or its header is damaged.</exception>
    public static LmzRecordsInfo Recover(Stream source, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using var reader = new LmzRecordReader(source, leaveOpen: true);
        var file = reader._file;
        var (kept, damaged) = (new List<StoredGroup>(), file.DamagedBytes);
        var header = file.Header.ToBytes();
        destination.Write(header);
        var end = (long)header.Length;
        foreach (var stored in file.Groups)
        {
            if (file.TryReadBody(stored.Chunk) is not { } body)
            {
                damaged += stored.Chunk.End - stored.Chunk.Offset;
                continue;
            }

            var bytes = RecordChunk.Format(false, [.. body]);
            destination.Write(bytes);
            kept.Add(new StoredGroup(stored.Group, stored.Chunk with { Offset = end, BodyOffset = end + bytes.Length - body.Length }));
            end += bytes.Length;
        }

        var previous = 0L;
        foreach (var part in kept.Chunk(RecordIndex.MaxGroups))
        {
            var index = new RecordIndex(previous, part).ToBytes(file.Header.Keyed);
            destination.Write(index);
            previous = end;
            end += index.Length;
        }

        return InfoOf(file.Header, kept, end, source.Length - file.End, damaged);
    }

    /// <summary>What is in the container.</summary>
    public LmzRecordsInfo Info
    {
        get
        {
            lock (_lock)
                return InfoOf(_file.Header, _file.Groups, _source.Length, _source.Length - _file.End, _file.DamagedBytes);
        }
    }

    /// <summary>Looks for records that were appended since.</summary>
    /// <returns>The new <see cref="Count"/>.</returns>
    public long Refresh()
    {
        lock (_lock)
        {
            _file.Refresh();
            return _file.Count;
        }
    }

    /// <summary>Reads a record.</summary>
    /// <param name="number">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    /// <exception cref="InvalidDataException">Its group is damaged or lost.</exception>
    public byte[] Read(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        StoredGroup stored;
        byte[] body;
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, _file.Count);
            var index = _file.IndexOf(number);
            if (index < 0)
                throw new InvalidDataException($"Record {number} is missing: its group is lost.");
            stored = _file.Groups[index];
            body = _file.ReadBody(stored);
        }

        return _coder!.Decode(body, stored.Chunk.BodyOffset, (int)(number - stored.Group.First), 1)[0].Record;
    }

    /// <summary>Reads records one after the other, those that are lost left out.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="count">How many numbers; as many as there are by default.</param>
    /// <param name="threads">The number of threads that decode; 0 for one on each core.</param>
    /// <exception cref="InvalidDataException">A group is damaged; the records before it have been given.</exception>
    public IEnumerable<LmzRecord> ReadRange(long first = 0, long count = long.MaxValue, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var end = count > long.MaxValue - first ? long.MaxValue : first + count;
        return Decode(group => group.End > first && group.First < end, threads)
            .SkipWhile(record => record.Number < first).TakeWhile(record => record.Number < end);
    }

    /// <summary>Reads the records with keys in a range, in the order of their numbers. Only groups with keys in it are decoded.</summary>
    /// <param name="min">The least key.</param>
    /// <param name="max">The greatest, itself included.</param>
    /// <param name="threads">The number of threads that decode; 0 for one on each core.</param>
    /// <exception cref="InvalidOperationException">The container has no keys.</exception>
    /// <exception cref="InvalidDataException">A group is damaged; the records before it have been given.</exception>
    public IEnumerable<LmzRecord> ReadKeys(long min, long max, int threads = 0)
    {
        if (!_file.Header.Keyed)
            throw new InvalidOperationException("The container has no keys.");
        return Decode(group => group.MaxKey >= min && group.MinKey <= max, threads).Where(record => record.Key >= min && record.Key <= max);
    }

    /// <summary>Closes the stream, unless it is to stay open.</summary>
    public void Dispose()
    {
        if (!_leaveOpen)
            _source.Dispose();
    }

    private static LmzRecordsInfo InfoOf(RecordFileHeader header, IReadOnlyList<StoredGroup> groups, long length, long unfinished, long damaged)
    {
        var count = groups is [.., var last] ? last.Group.End : 0;
        return new LmzRecordsInfo(
            count, count - groups.Sum(stored => (long)stored.Group.Count), groups.Count, groups.Sum(stored => stored.Group.ContentLength), length, unfinished, damaged,
            header.DictionaryHash is { } hash ? FrameHeader.DictionaryIdOf(hash) : null, header.Form.Level, header.Together, header.CheckRecords, header.Keyed);
    }

    /// <summary>Decodes groups, several at a time.</summary>
    private IEnumerable<LmzRecord> Decode(Func<RecordGroup, bool> isWanted, int threads)
    {
        threads = threads == 0 ? Environment.ProcessorCount : threads;
        StoredGroup[] wanted;
        lock (_lock)
            wanted = [.. _file.Groups.Where(stored => isWanted(stored.Group))];
        foreach (var batch in wanted.Chunk(threads))
        {
            var decoded = new LmzRecord[batch.Length][];
            var errors = new InvalidDataException?[batch.Length];
            Parallel.For(0, batch.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
            {
                try
                {
                    decoded[i] = Decode(batch[i]);
                }
                catch (InvalidDataException e)
                {
                    errors[i] = e;
                }
            });
            for (var i = 0; i < batch.Length; i++)
            {
                if (errors[i] is { } error)
                    throw error;
                foreach (var record in decoded[i])
                    yield return record;
            }
        }
    }

    private LmzRecord[] Decode(StoredGroup stored)
    {
        byte[] body;
        lock (_lock)
            body = _file.ReadBody(stored);
        var records = _coder!.Decode(body, stored.Chunk.BodyOffset, 0, stored.Group.Count);
        return [.. records.Select((record, i) => new LmzRecord(stored.Group.First + i, record.Key, record.Record))];
    }
}
