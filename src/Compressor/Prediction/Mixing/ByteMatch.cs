using System.Runtime.Intrinsics.X86;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// Follows the most recent place where the last bytes occurred before, and predicts the byte that came next. After a wrong byte it
/// goes on at the same place for a while: records repeat with a few bytes changed.
/// </summary>
internal sealed unsafe class ByteMatch : IDisposable
{
    /// <summary>Lengths are told apart up to this.</summary>
    private const int MostLength = 65535;

    /// <summary>Wrong bytes in a row after which a place is given up.</summary>
    private const int Patience = 8;

    private readonly byte* _history;
    private readonly ZeroedArray<int> _places;      // hash of the last bytes → index after them; 0 for none
    private readonly int _least, _shift;
    private nint _hash;                             // of the last bytes
    private int _place, _length, _misses;           // place 0: no match

    /// <param name="history">All bytes so far.</param>
    /// <param name="least">Bytes that must be equal, at most 8.</param>
    /// <param name="bits">log2 of the places that are remembered.</param>
    public ByteMatch(byte* history, int least, int bits)
    {
        _history = history;
        _least = least;
        _shift = 64 - bits;
        _places = new ZeroedArray<int>(1L << bits);
    }

    /// <summary>The byte that is expected, or −1.</summary>
    public int Expected => _place == 0 ? -1 : _history[_place];

    /// <summary>Bytes that were equal up to here, 0 after a wrong one.</summary>
    public int Length => _length;

    /// <summary>How sure a match should be: 0 to 31, by its length and how long ago it was wrong.</summary>
    public int Trust
    {
        get
        {
            int level = _length < 16 ? _length >> 1 : Math.Min(15, 4 + System.Numerics.BitOperations.Log2((uint)_length));
            return _misses == 0 ? 16 + level : Math.Min(level, 7) + (_misses > 1 ? 0 : 8);
        }
    }

    /// <summary>The newest byte is history[count − 1].</summary>
    /// <param name="count">Bytes so far.</param>
    /// <param name="newest">The last eight bytes, the newest lowest.</param>
    public void Append(int count, ulong newest)
    {
        if (_place != 0)
        {
            if (_history[_place] == (byte)newest)
            {
                if (_length < MostLength) _length++;
                if (_misses > 0 && _length >= 16) _misses = 0;
            }
            else
            {
                _length = 0;
                if (++_misses > Patience) _place = -1;
            }
            _place++;
        }
        // The look-up is that of the bytes before the newest: its place in memory was asked for a byte ago.
        if (count > _least)
        {
            int* entry = _places.Pointer + _hash;
            int candidate = *entry == 0 ? 0 : *entry + 1;
            *entry = count - 1;
            if (candidate != 0 && (_place == 0 || _length < _least)) Try(candidate, count);
        }
        if (count >= _least)
        {
            _hash = (nint)((newest << 64 - 8 * _least) * 0x9E3779B97F4A7C15ul >> _shift);
            if (Sse.IsSupported) Sse.Prefetch0(_places.Pointer + _hash);
        }
    }

    /// <summary>Goes on at a place if more is equal there than at the present one.</summary>
    private void Try(int candidate, int count)
    {
        int length = 0;
        while (length < 32 && length < candidate && _history[candidate - 1 - length] == _history[count - 1 - length]) length++;
        if (length <= _least || length <= _length) return;
        _place = candidate;
        _length = length;
        _misses = 0;
    }

    public void Dispose() => _places.Dispose();
}
