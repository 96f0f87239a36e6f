namespace Compressor.Prediction.Mixing;

/// <summary>
/// Finds where the last tokens of a lane occurred before, in any lane, and says what came next: long repeats, also beyond
/// the transformer's window.
/// </summary>
internal sealed unsafe class TokenMatchModel : IDisposable
{
    /// <summary>Tokens hashed to find a match.</summary>
    private const int MinLength = 5;

    /// <summary>Match lengths are told apart up to this.</summary>
    public const int MaxLength = 31;

    private readonly ZeroedArray<int> _table;    // hash of the last MinLength tokens → lane · capacity + index after them, + 1
    private readonly int _bits, _capacity;
    private readonly int[][] _history;           // [lanes][…] grows with what is there
    private readonly int[] _counts;              // [lanes] tokens so far
    private readonly int[] _pointers;            // [lanes] where the match goes on, as in the table; 0 for none
    private readonly int[] _lengths;             // [lanes] length of the match so far, 0 for none

    /// <param name="lanes">Lanes.</param>
    /// <param name="capacity">The most tokens of a lane.</param>
    /// <param name="tableBits">log2 of the entries of the hash table.</param>
    public TokenMatchModel(int lanes, int capacity, int tableBits)
    {
        _bits = tableBits;
        _capacity = capacity + 1;
        _table = new ZeroedArray<int>(1L << tableBits);
        _history = new int[lanes][];
        for (var i = 0; i < lanes; i++) _history[i] = new int[Math.Min(_capacity, 256)];
        _counts = new int[lanes];
        _pointers = new int[lanes];
        _lengths = new int[lanes];
    }

    /// <summary>The token that followed, or −1.</summary>
    public int Predicted(int lane)
    {
        if (_lengths[lane] == 0) return -1;
        var at = _pointers[lane] - 1;
        var history = _history[at / _capacity];
        return at % _capacity < _counts[at / _capacity] ? history[at % _capacity] : -1;
    }

    /// <summary>Length of the match, 0…<see cref="MaxLength"/>.</summary>
    public int Length(int lane) => _lengths[lane];

    /// <summary>Appends a token to a lane, follows or drops its match and looks for one where there is none.</summary>
    public void Append(int lane, int token)
    {
        var predicted = Predicted(lane);
        var count = _counts[lane];
        if (count == _history[lane].Length) Array.Resize(ref _history[lane], Math.Min(2 * count, _capacity));
        var history = _history[lane];
        history[count++] = token;
        _counts[lane] = count;
        if (predicted == token)
        {
            _lengths[lane] = Math.Min(_lengths[lane] + 1, MaxLength);
            _pointers[lane]++;
        }
        else
        {
            _lengths[lane] = 0;
        }
        if (count < MinLength) return;

        uint hash = 0;
        for (var i = count - MinLength; i < count; i++) hash = (hash + (uint)history[i] + 1) * 0x9E3779B1u ^ hash >> 15;
        hash = hash * 0x2C1B3C6Du >> 32 - _bits;
        var candidate = _table.Pointer[hash];
        _table.Pointer[hash] = lane * _capacity + count + 1;
        if (_lengths[lane] != 0 || candidate == 0) return;

        int other = (candidate - 1) / _capacity, index = (candidate - 1) % _capacity, length = 0;
        while (length < MaxLength && length < index && length < count && _history[other][index - 1 - length] == history[count - 1 - length]) length++;
        if (length < MinLength) return;
        _lengths[lane] = length;
        _pointers[lane] = candidate;
    }

    public void Dispose() => _table.Dispose();
}
