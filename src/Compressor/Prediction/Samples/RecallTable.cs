using Compressor.Prediction.Mixing;

namespace Compressor.Prediction.Samples;

/// <summary>The values that followed last in contexts, and how often in a row each was right.</summary>
internal sealed unsafe class RecallTable : IDisposable
{
    private const int MostCount = SamplePredictor.RecallLevels - 1;

    private readonly int _contexts, _bits;
    private readonly ZeroedArray<ulong> _slots;     // [contexts, 2^bits] check · 2^32 + value · 2^8 + count; 0 for nothing
    private readonly ZeroedArray<nint> _found;      // [contexts]
    private readonly uint[] _checks;

    /// <param name="contexts">Contexts.</param>
    /// <param name="bits">log2 of the slots of each.</param>
    public RecallTable(int contexts, int bits)
    {
        (_contexts, _bits) = (contexts, bits);
        _slots = new ZeroedArray<ulong>((long)contexts << bits);
        _found = new ZeroedArray<nint>(contexts);
        _checks = new uint[contexts];
    }

    /// <summary>The value of a context, and how sure it is: −1 for none.</summary>
    public (int Value, int Confidence) this[int context]
    {
        get
        {
            var slot = *(ulong*)_found.Pointer[context];
            return (byte)slot == 0 || (uint)(slot >> 32) != _checks[context] ? (0, -1) : ((int)(slot >> 8 & 0xFFFFFF), (byte)slot - 1);
        }
    }

    /// <summary>Goes to where a context is remembered.</summary>
    /// <param name="context">Which of them.</param>
    /// <param name="hash">What it is.</param>
    public void Find(int context, uint hash)
    {
        hash = (hash ^ hash >> 15) * 0x2C1B3C6Du;
        hash ^= hash >> 13;
        _checks[context] = hash;
        _found.Pointer[context] = (nint)(_slots.Pointer + ((long)context << _bits) + (hash * 0x9E3779B1u >> 32 - _bits));
    }

    /// <summary>Learns the value in all contexts.</summary>
    public void Update(int value)
    {
        for (var i = 0; i < _contexts; i++)
        {
            var slot = (ulong*)_found.Pointer[i];
            var count = (byte)*slot;
            if (count != 0 && (uint)(*slot >> 32) == _checks[i] && (int)(*slot >> 8 & 0xFFFFFF) == value)
            {
                if (count <= MostCount) (*slot)++;
            }
            else if ((uint)(*slot >> 32) == _checks[i] && count > 3) *slot -= (ulong)(count / 2);
            else *slot = (ulong)_checks[i] << 32 | (ulong)value << 8 | 1;
        }
    }

    public void Dispose()
    {
        _slots.Dispose();
        _found.Dispose();
    }
}
