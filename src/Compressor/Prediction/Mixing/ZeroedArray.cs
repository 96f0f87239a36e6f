using System.Runtime.InteropServices;

namespace Compressor.Prediction.Mixing;

/// <summary>A zeroed table outside the garbage-collected heap, on a cache line border. Pages that are never touched cost nothing.</summary>
internal sealed unsafe class ZeroedArray<T> : IDisposable where T : unmanaged
{
    private void* _block;

    public ZeroedArray(long length)
    {
        Length = length;
        _block = NativeMemory.AllocZeroed((nuint)(length * sizeof(T) + 64));
        Pointer = (T*)(((nuint)_block + 63) & ~(nuint)63);
    }

    ~ZeroedArray() => Free();

    public long Length { get; }

    /// <summary>The first element; valid until disposal.</summary>
    public T* Pointer { get; }

    /// <summary>All elements, at most 2^31; valid until disposal.</summary>
    public Span<T> Span => new(Pointer, checked((int)Length));

    /// <summary>Takes over the elements of an array of the same length.</summary>
    public void CopyFrom(ZeroedArray<T> other) => Buffer.MemoryCopy(other.Pointer, Pointer, Length * sizeof(T), other.Length * sizeof(T));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
