using System.Runtime.Intrinsics.X86;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// Bit histories of half-bytes by context: a hashed table of slots of 16 bytes, each a check and the histories of the 15
/// decisions of four bits. Four slots share a cache line; of those the one whose first decision has seen least gives way.
/// </summary>
internal sealed unsafe class HistoryTable : IDisposable
{
    /// <summary>log2 of the bytes of a slot.</summary>
    public const int SlotBits = 4;

    private const int SlotLength = 1 << SlotBits;

    private readonly ZeroedArray<byte> _slots;
    private readonly ZeroedArray<byte> _priority = new(BitHistory.States);   // by state
    private readonly UndoLog? _undo;
    private readonly int _shift;

    /// <param name="bits">log2 of the number of slots, 6 to 26.</param>
    /// <param name="undo">Told of every slot before it changes; null for none.</param>
    public HistoryTable(int bits, UndoLog? undo = null)
    {
        _undo = undo;
        _slots = new ZeroedArray<byte>((long)SlotLength << bits);
        _shift = 32 - bits;
        for (var state = 0; state < BitHistory.States; state++)
        {
            var (zeros, ones) = BitHistory.Counts(state);
            _priority.Pointer[state] = (byte)(zeros + ones);
        }
    }

    /// <summary>Asks for the cache line of a context ahead of <see cref="Find"/>.</summary>
    public void Prefetch(uint hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_slots.Pointer + ((nint)(hash >> _shift) << SlotBits));
    }

    /// <summary>The slot of a context, emptied if it was another's. Its element 1 is the first decision.</summary>
    /// <param name="hash">Well mixed: high bits choose the slot, low bits check it.</param>
    public byte* Find(uint hash)
    {
        var check = (byte)(hash & 255);
        var slot = _slots.Pointer + ((nint)(hash >> _shift) << SlotBits);
        if (slot[0] == check) return Kept(slot);
        var line = (byte*)((nint)slot & ~(nint)63);
        var least = slot;
        int least1 = _priority.Pointer[slot[1]];
        for (var i = 1; i < 4; i++)
        {
            var other = (byte*)((nint)slot ^ (i << SlotBits));
            if (other[0] == check) return Kept(other);
            int priority = _priority.Pointer[other[1]];
            if (priority < least1)
            {
                least1 = priority;
                least = other;
            }
        }
        Kept(least);
        ((ulong*)least)[0] = check;
        ((ulong*)least)[1] = 0;
        return least;
    }

    /// <summary>Takes over the slots of a table of the same size.</summary>
    public void CopyFrom(HistoryTable other) => _slots.CopyFrom(other._slots);

    public void Dispose()
    {
        _slots.Dispose();
        _priority.Dispose();
    }

    private byte* Kept(byte* slot)
    {
        _undo?.KeepRange(slot, SlotLength);
        return slot;
    }
}
