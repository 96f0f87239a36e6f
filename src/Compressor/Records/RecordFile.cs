using Compressor.Container;

namespace Compressor.Records;

/// <summary>A group, and the chunk that it is in.</summary>
internal readonly record struct StoredGroup(RecordGroup Group, RecordChunk Chunk);

/// <summary>
/// Finds the groups of a container: by the index at its end and those before, or else by going from one chunk to the next. Where the data is damaged it looks for the
/// next whole group. For one thread at a time.
/// </summary>
internal sealed class RecordFile
{
    private const int SearchLength = 1 << 16;

    private readonly Stream _source;
    private readonly List<StoredGroup> _groups = [];

    /// <summary>Opens a container and finds what is in it.</summary>
    /// <param name="source">A stream that can seek, of nothing else.</param>
    /// <exception cref="InvalidDataException">No container that can be read starts there.</exception>
    public RecordFile(Stream source)
    {
        _source = source;
        Header = RecordFileHeader.Parse(ReadAt(0, RecordFileHeader.MaxLength), out var length);
        HeaderLength = length;
        End = length;
        if (!ReadIndexes())
            Refresh();
    }

    public RecordFileHeader Header { get; }

    /// <summary>The length of the header in bytes.</summary>
    public int HeaderLength { get; }

    /// <summary>In their order.</summary>
    public IReadOnlyList<StoredGroup> Groups => _groups;

    /// <summary>Where the last whole chunk ends.</summary>
    public long End { get; private set; }

    /// <summary>Where the last index starts; 0 for none.</summary>
    public long LastIndex { get; private set; }

    /// <summary>How many groups the last index and those before it list.</summary>
    public int Indexed { get; private set; }

    /// <summary>Bytes before <see cref="End"/> that belong to no whole chunk.</summary>
    public long DamagedBytes { get; private set; }

    /// <summary>The number after the last record's.</summary>
    public long Count => _groups is [.., var last] ? last.Group.End : 0;

    /// <summary>Looks for what was appended.</summary>
    public void Refresh()
    {
        while (true)
        {
            var start = ReadAt(End, RecordChunk.MaxStartLength + RecordGroup.MaxLength);
            if (start.IsEmpty)
                return;
            var chunk = RecordChunk.Parse(start.Span, End, out _);
            if (chunk is { } next && next.End <= _source.Length && Take(next, start))
                continue;
            if (FindChunk(End + 1) is not { } later)
                return;
            DamagedBytes += later.Offset - End;
            End = later.Offset;
        }
    }

    /// <summary>The body of a group's chunk.</summary>
    /// <exception cref="InvalidDataException">It is not as its check says.</exception>
    public byte[] ReadBody(StoredGroup stored) => TryReadBody(stored.Chunk)
        ?? throw RecordChunk.Invalid($"the group of records {stored.Group.First} to {stored.Group.End - 1} is damaged", stored.Chunk.Offset);

    /// <summary>The body of a chunk; null if it is not as its check says.</summary>
    public byte[]? TryReadBody(RecordChunk chunk)
    {
        var body = ReadAt(chunk.BodyOffset, chunk.BodyLength).ToArray();
        return body.Length == chunk.BodyLength && chunk.IsOf(body) ? body : null;
    }

    /// <summary>The place in <see cref="Groups"/> of the group that has a record; −1 if none has.</summary>
    public int IndexOf(long number)
    {
        int low = 0, high = _groups.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var group = _groups[middle].Group;
            if (number < group.First)
                high = middle - 1;
            else if (number >= group.End)
                low = middle + 1;
            else
                return middle;
        }

        return -1;
    }

    /// <summary>Leaves out the last group, which is damaged.</summary>
    public void DropLast()
    {
        End = _groups[^1].Chunk.Offset;
        _groups.RemoveAt(_groups.Count - 1);
    }

    /// <summary>Takes in the chunk at the end; false if it cannot be the next.</summary>
    private bool Take(RecordChunk chunk, ReadOnlyMemory<byte> start)
    {
        if (!chunk.IsIndex)
        {
            var head = start[(int)(chunk.BodyOffset - chunk.Offset)..];
            var reader = new FormatReader(head.Length > chunk.BodyLength ? head[..chunk.BodyLength] : head, chunk.BodyOffset);
            var group = RecordGroup.Read(reader, Header.Keyed);
            if (reader.Error is not null || group.First < Count)
                return false;
            _groups.Add(new StoredGroup(group, chunk));
        }
        else
        {
            LastIndex = chunk.Offset;
            Indexed = _groups.Count;
        }

        End = chunk.End;
        return true;
    }

    /// <summary>Reads the index at the end and those that it leads to; false if there is none, or anything is wrong with one.</summary>
    private bool ReadIndexes()
    {
        var indexes = new Stack<RecordIndex>();
        var next = RecordIndex.FindLast(ReadAt(Math.Max(_source.Length - RecordIndex.TrailerLength, HeaderLength), RecordIndex.TrailerLength).Span, _source.Length);
        var last = next;
        while (next > 0)
        {
            if (RecordChunk.Parse(ReadAt(next, RecordChunk.MaxStartLength).Span, next, out _) is not { IsIndex: true } chunk || TryReadBody(chunk) is not { } body)
                return false;
            if (RecordIndex.Parse(body, chunk, Header.Keyed) is not { } index || index.Previous >= next)
                return false;
            if (next == last && chunk.End != _source.Length)
                return false;
            indexes.Push(index);
            next = index.Previous;
        }

        if (indexes.Count == 0)
            return false;
        foreach (var index in indexes)
        {
            foreach (var stored in index.Groups)
            {
                if (stored.Group.First < Count || stored.Chunk.End > _source.Length)
                {
                    _groups.Clear();
                    return false;
                }

                _groups.Add(stored);
            }
        }

        (LastIndex, Indexed, End) = (last, _groups.Count, _source.Length);
        return true;
    }

    /// <summary>The next whole chunk from an offset on; null without one.</summary>
    private RecordChunk? FindChunk(long offset)
    {
        while (true)
        {
            var window = ReadAt(offset, SearchLength);
            if (window.Length < RecordChunk.MarkerLength)
                return null;
            for (var i = 0; i <= window.Length - RecordChunk.MarkerLength; i++)
            {
                var skip = window.Span[i..].IndexOf(RecordChunk.GroupMarker[0]);
                if (skip < 0)
                    break;
                i += skip;
                if (!window.Span[i..].StartsWith(RecordChunk.GroupMarker) && !window.Span[i..].StartsWith(RecordChunk.IndexMarker))
                    continue;
                if (RecordChunk.Parse(ReadAt(offset + i, RecordChunk.MaxStartLength).Span, offset + i, out _) is { } chunk
                    && chunk.End <= _source.Length && TryReadBody(chunk) is not null)
                    return chunk;
            }

            if (window.Length < SearchLength)
                return null;
            offset += window.Length - (RecordChunk.MarkerLength - 1);
        }
    }

    /// <summary>Up to a number of bytes from an offset.</summary>
    private ReadOnlyMemory<byte> ReadAt(long offset, int length)
    {
        var rest = _source.Length - offset;
        if (rest <= 0)
            return default;
        var bytes = new byte[Math.Min(length, rest)];
        _source.Position = offset;
        return bytes.AsMemory(0, _source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }
}
