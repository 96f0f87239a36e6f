using System.Numerics;
using System.Runtime.InteropServices;

namespace Compressor.Tensors;

/// <summary>
/// Keeps freed blocks for the next tensor of about the same size, so that a training step in steady state asks the
/// system for nothing. Blocks are 64-byte aligned; sizes are rounded up to one of eight steps per octave.
/// </summary>
internal static unsafe class StoragePool
{
    private const int Alignment = 64;
    private const long MaxIdleBytes = 2L << 30; // above this, freed blocks go back to the system

    private static readonly Lock Gate = new();
    private static readonly Dictionary<long, Stack<nint>> Idle = [];
    private static long _idleBytes;
    private static long _systemAllocations;
    private static long _blocksInUse;

    /// <summary>How many blocks were asked of the system since the process started.</summary>
    internal static long SystemAllocations => Volatile.Read(ref _systemAllocations);

    /// <summary>How many blocks tensors hold now.</summary>
    internal static long BlocksInUse => Volatile.Read(ref _blocksInUse);

    /// <summary>A block of at least <paramref name="bytes"/> bytes, contents undefined.</summary>
    internal static nint Rent(long bytes, out long capacity)
    {
        capacity = RoundUp(bytes);
        lock (Gate)
        {
            _blocksInUse++;
            if (Idle.TryGetValue(capacity, out var blocks) && blocks.TryPop(out var block))
            {
                _idleBytes -= capacity;
                return block;
            }
            _systemAllocations++;
        }
        return (nint)NativeMemory.AlignedAlloc((nuint)capacity, Alignment);
    }

    /// <summary>Takes back a block of <see cref="Rent"/>.</summary>
    internal static void Return(nint block, long capacity)
    {
        lock (Gate)
        {
            _blocksInUse--;
            if (_idleBytes + capacity <= MaxIdleBytes)
            {
                if (!Idle.TryGetValue(capacity, out var blocks))
                    Idle.Add(capacity, blocks = new Stack<nint>());
                blocks.Push(block);
                _idleBytes += capacity;
                return;
            }
        }
        NativeMemory.AlignedFree((void*)block);
    }

    private static long RoundUp(long bytes)
    {
        if (bytes <= Alignment)
            return Alignment;
        var step = Math.Max(Alignment, (long)(BitOperations.RoundUpToPowerOf2((ulong)bytes) >> 4));
        return (bytes + step - 1) / step * step;
    }
}
