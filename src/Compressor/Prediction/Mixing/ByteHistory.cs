namespace Compressor.Prediction.Mixing;

/// <summary>
/// The bytes that all lanes of a block have come to so far, each lane's in a region of its own, so that a place names a byte of any of them.
/// Place 0 is never used.
/// </summary>
internal sealed unsafe class ByteHistory : IDisposable
{
    // A region begins with zeros, so that what looks back from its first byte meets nothing of another lane.
    private const int Margin = 64;

    private readonly ZeroedArray<byte> _bytes;   // pages that no lane reaches cost nothing
    private readonly ZeroedArray<byte> _starts;  // a bit for each place
    private readonly int[] _counts;              // [lanes]
    private readonly int _capacity;
    private int _total;

    /// <param name="lanes">Lanes.</param>
    /// <param name="capacity">The most bytes of all lanes together; any lane may have them all.</param>
    public ByteHistory(int lanes, int capacity)
    {
        _capacity = capacity;
        _counts = new int[lanes];
        var places = checked((lanes + 1) * (capacity + Margin));
        _bytes = new ZeroedArray<byte>(places);
        _starts = new ZeroedArray<byte>(places / 8 + 1);
    }

    public int Lanes => _counts.Length;

    /// <summary>By place.</summary>
    public byte* Bytes => _bytes.Pointer;

    /// <summary>The place of a lane's first byte.</summary>
    public int StartOf(int lane) => lane * (_capacity + Margin) + Margin;

    /// <summary>How many bytes a lane has.</summary>
    public int CountOf(int lane) => _counts[lane];

    /// <summary>A lane's bytes.</summary>
    public ReadOnlySpan<byte> ContentOf(int lane) => new(Bytes + StartOf(lane), _counts[lane]);

    /// <summary>Appends a byte to a lane; returns how many it then has.</summary>
    /// <exception cref="InvalidDataException">There are more than the capacity.</exception>
    public int Append(int lane, byte value)
    {
        // A match in another lane is as many bytes behind that lane's end as this one has at most, so within the capacity nothing looks past a region.
        if (_total == _capacity) throw new InvalidDataException($"what is decoded is longer than {_capacity} bytes");
        _total++;
        var count = _counts[lane];
        Bytes[StartOf(lane) + count] = value;
        return _counts[lane] = count + 1;
    }

    /// <summary>Notes that a token starts at a place.</summary>
    public void MarkStart(int place) => _starts.Pointer[place >> 3] |= (byte)(1 << (place & 7));

    /// <summary>Whether one does.</summary>
    public bool IsStart(int place) => (_starts.Pointer[place >> 3] >> (place & 7) & 1) != 0;

    /// <summary>Takes over the bytes of the one lane of another history.</summary>
    public void CopyFrom(ByteHistory other)
    {
        other.ContentOf(0).CopyTo(new Span<byte>(Bytes + StartOf(0), _capacity));
        new ReadOnlySpan<byte>(other._starts.Pointer, (StartOf(0) + other._total >> 3) + 1).CopyTo(_starts.Span);
        _counts[0] = _total = other._total;
    }

    /// <summary>Takes back what was appended to the one lane since <see cref="CopyFrom"/>.</summary>
    public void GoBackTo(ByteHistory other)
    {
        int start = StartOf(0) + other._total, end = StartOf(0) + _total;
        new Span<byte>(Bytes + start, end - start).Clear();
        new Span<byte>(_starts.Pointer + (start >> 3), (end >> 3) - (start >> 3) + 1).Clear();
        if (other._starts.Length > start >> 3) _starts.Pointer[start >> 3] = other._starts.Pointer[start >> 3];
        _counts[0] = _total = other._total;
    }

    public void Dispose()
    {
        _bytes.Dispose();
        _starts.Dispose();
    }
}
