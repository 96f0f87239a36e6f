using System.Runtime.InteropServices;

namespace Compressor.Tensors;

/// <summary>
/// A reference-counted block of native memory: the elements behind one or more tensors. The creator holds the first
/// reference; the block returns to the pool with the last one, or when the collector finds it abandoned.
/// </summary>
internal sealed unsafe class Storage
{
    private readonly long _capacity;
    private nint _block;
    private int _references = 1;

    internal Storage(long bytes)
    {
        ByteLength = bytes;
        _block = StoragePool.Rent(bytes, out _capacity);
    }

    ~Storage() => Free();

    /// <summary>Length of the contents in bytes.</summary>
    internal long ByteLength { get; }

    /// <summary>Counts in-place changes, so that a saved operand that was changed since is noticed.</summary>
    internal int Version { get; set; }

    /// <summary>True when nobody else can see a change of the contents.</summary>
    internal bool IsExclusive => Volatile.Read(ref _references) == 1;

    internal void* Pointer => (void*)_block;

    internal float* Floats => (float*)_block;

    internal long* Longs => (long*)_block;

    internal static Storage ForFloats(long count) => new(checked(count * sizeof(float)));

    internal Storage Retain()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Free();
#pragma warning disable CA1816 // Release is this class's Dispose: the last reference calls it
            GC.SuppressFinalize(this);
#pragma warning restore CA1816
        }
    }

    internal void Clear() => NativeMemory.Clear(Pointer, (nuint)ByteLength);

    private void Free()
    {
        var block = Interlocked.Exchange(ref _block, 0);
        if (block != 0)
            StoragePool.Return(block, _capacity);
    }
}
