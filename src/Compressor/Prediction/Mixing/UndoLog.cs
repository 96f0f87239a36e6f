using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// What tables held before they were changed: takes the changes of one record back, so that the next one meets the tables as a dictionary left them.
/// A record of a few hundred bytes changes some thousand places of tables of megabytes; copying those places is quicker than copying pages.
/// </summary>
/// <remarks>Whoever changes a table calls <see cref="Keep"/> or <see cref="KeepRange"/> first. Places may overlap: they are put back in reverse order, the two kinds apart.</remarks>
internal sealed unsafe class UndoLog : IDisposable
{
    private const int StartCapacity = 1 << 12, MaxCapacity = 1 << 20;

    private Word* _words = (Word*)NativeMemory.Alloc(StartCapacity, (nuint)sizeof(Word));
    private Slot* _slots = (Slot*)NativeMemory.Alloc(StartCapacity, (nuint)sizeof(Slot));
    private int _wordCount, _wordCapacity = StartCapacity, _slotCount, _slotCapacity = StartCapacity;

    ~UndoLog() => Free();

    /// <summary>Whether there were too many changes to remember: then nothing can be taken back, and the tables are to be copied whole.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>Keeps the four bytes at a place.</summary>
    public void Keep(void* place)
    {
        if (_wordCount == _wordCapacity && !GrowWords()) return;
        _words[_wordCount++] = new Word((uint*)place, *(uint*)place);
    }

    /// <summary>Keeps a range of bytes, the length a multiple of 16. Never mixed with <see cref="Keep"/> in one place.</summary>
    public void KeepRange(void* place, int length)
    {
        for (var end = (byte*)place + length; place < end; place = (byte*)place + Vector128<byte>.Count)
        {
            if (_slotCount == _slotCapacity && !GrowSlots()) return;
            _slots[_slotCount++] = new Slot((byte*)place, Vector128.Load((byte*)place));
        }
    }

    /// <summary>Puts everything back, and forgets it.</summary>
    /// <exception cref="InvalidOperationException"><see cref="IsOverrun"/>.</exception>
    public void Undo()
    {
        if (IsOverrun) throw new InvalidOperationException("The changes are not all known.");
        while (_wordCount > 0)
        {
            var word = _words + --_wordCount;
            *word->Place = word->Value;
        }
        while (_slotCount > 0)
        {
            var slot = _slots + --_slotCount;
            slot->Value.Store(slot->Place);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _wordCount = _slotCount = 0;
        IsOverrun = false;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private bool GrowWords()
    {
        if (_wordCapacity == MaxCapacity)
        {
            IsOverrun = true;
            return false;
        }
        _wordCapacity *= 2;
        _words = (Word*)NativeMemory.Realloc(_words, (nuint)_wordCapacity * (nuint)sizeof(Word));
        return true;
    }

    private bool GrowSlots()
    {
        if (_slotCapacity == MaxCapacity)
        {
            IsOverrun = true;
            return false;
        }
        _slotCapacity *= 2;
        _slots = (Slot*)NativeMemory.Realloc(_slots, (nuint)_slotCapacity * (nuint)sizeof(Slot));
        return true;
    }

    private void Free()
    {
        NativeMemory.Free(_words);
        NativeMemory.Free(_slots);
        _words = null;
        _slots = null;
    }

    private readonly struct Word(uint* place, uint value)
    {
        public readonly uint* Place = place;
        public readonly uint Value = value;
    }

    private readonly struct Slot(byte* place, Vector128<byte> value)
    {
        public readonly byte* Place = place;
        public readonly Vector128<byte> Value = value;
    }
}
