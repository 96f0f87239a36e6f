using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// Follows the most recent place, in any lane, where the last bytes of a lane occurred before, and predicts the byte that came next. After a
/// wrong byte it goes on at the same place for a while: records repeat with a few bytes changed.
/// </summary>
internal sealed unsafe class MatchModel : IDisposable
{
    /// <summary>Levels of <see cref="Confidence"/>.</summary>
    public const int ConfidenceLevels = 32;

    /// <summary>Lengths are told apart up to this.</summary>
    private const int MaxLength = 65535;

    /// <summary>Wrong bytes in a row after which a place is given up.</summary>
    private const int Patience = 8;

    private readonly ByteHistory _history;
    private readonly ZeroedArray<int> _places;      // hash of the last bytes → place after them; 0 for none
    private readonly ZeroedArray<State> _states;    // [lanes]
    private readonly UndoLog? _undo;
    private readonly int _minLength, _shift;
    private State* _state;                          // of the lane that is selected

    /// <param name="history">The bytes of all lanes so far.</param>
    /// <param name="minLength">Bytes that must be equal, at most 8.</param>
    /// <param name="bits">log2 of the places that are remembered.</param>
    /// <param name="undo">Told of every change of the places; null for none.</param>
    public MatchModel(ByteHistory history, int minLength, int bits, UndoLog? undo = null)
    {
        _undo = undo;
        _history = history;
        _minLength = minLength;
        _shift = 64 - bits;
        _places = new ZeroedArray<int>(1L << bits);
        _states = new ZeroedArray<State>(history.Lanes);
        _state = _states.Pointer;
    }

    /// <summary>Where the match goes on; 0 without one.</summary>
    public int Place => _state->Place;

    /// <summary>The byte that is expected, or −1.</summary>
    public int Expected => _state->Place == 0 ? -1 : _history.Bytes[_state->Place];

    /// <summary>Bytes that were equal up to here: 0 without a match and after a wrong byte.</summary>
    public int Length => _state->Place == 0 ? 0 : _state->Length;

    /// <summary>How sure a match should be: 0 to 31, by its length and how long ago it was wrong.</summary>
    public int Confidence
    {
        get
        {
            int length = _state->Length, misses = _state->Misses;
            var level = length < 16 ? length >> 1 : Math.Min(15, 4 + BitOperations.Log2((uint)length));
            return misses == 0 ? 16 + level : Math.Min(level, 7) + (misses > 1 ? 0 : 8);
        }
    }

    /// <summary>Goes to another lane.</summary>
    public void Select(int lane) => _state = _states.Pointer + lane;

    /// <summary>Takes in the newest byte of the lane.</summary>
    /// <param name="place">The place after it.</param>
    /// <param name="count">Bytes of the lane so far.</param>
    /// <param name="newest">The last eight of them, the newest lowest.</param>
    public void Append(int place, int count, ulong newest)
    {
        var s = _state;
        if (s->Place != 0)
        {
            if (_history.Bytes[s->Place] == (byte)newest)
            {
                if (s->Length < MaxLength) s->Length++;
                if (s->Misses > 0 && s->Length >= 16) s->Misses = 0;
                s->Place++;
            }
            else
            {
                s->Length = 0;
                s->Place = ++s->Misses > Patience ? 0 : s->Place + 1;
            }
        }
        // The look-up is that of the bytes before the newest: its place in memory was asked for a byte ago.
        if (count > _minLength)
        {
            var entry = _places.Pointer + s->Hash;
            var candidate = *entry == 0 ? 0 : *entry + 1;
            _undo?.Keep(entry);
            *entry = place - 1;
            if (candidate != 0 && (s->Place == 0 || s->Length < _minLength)) Try(candidate, place, count);
        }
        if (count >= _minLength)
        {
            s->Hash = (nint)((newest << 64 - 8 * _minLength) * 0x9E3779B97F4A7C15ul >> _shift);
            if (Sse.IsSupported) Sse.Prefetch0(_places.Pointer + s->Hash);
        }
    }

    /// <summary>Goes on at a place if more is equal there than at the present one.</summary>
    private void Try(int candidate, int place, int count)
    {
        var bytes = _history.Bytes;
        int length = 0, most = Math.Min(32, count);
        while (length < most && length < candidate && bytes[candidate - 1 - length] == bytes[place - 1 - length]) length++;
        if (length <= _minLength || length <= _state->Length) return;
        _state->Place = candidate;
        _state->Length = length;
        _state->Misses = 0;
    }

    /// <summary>Takes over the places and the states of another of the same parameters.</summary>
    public void CopyFrom(MatchModel other)
    {
        _places.CopyFrom(other._places);
        CopyStatesFrom(other);
    }

    /// <summary>Takes over the states of the lanes alone.</summary>
    public void CopyStatesFrom(MatchModel other) => _states.CopyFrom(other._states);

    public void Dispose()
    {
        _places.Dispose();
        _states.Dispose();
    }

    /// <param name="Place">Where the match goes on; 0 without one.</param>
    /// <param name="Length">Bytes that were equal up to here, 0 after a wrong one.</param>
    /// <param name="Misses">Wrong bytes since the match was sure.</param>
    /// <param name="Hash">Of the last bytes.</param>
    private record struct State(int Place, int Length, int Misses, nint Hash);
}
