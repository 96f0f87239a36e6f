using System.Runtime.CompilerServices;

namespace Compressor.Kernels;

/// <summary>A zeroed array on the pinned heap that starts at a multiple of 64 bytes, so that no vector load straddles cache lines.</summary>
/// <remarks>The garbage collector owns it: keep the object reachable while its pointer is in use.</remarks>
internal sealed unsafe class PinnedArray<T> where T : unmanaged
{
    private readonly T[] _array;

    public PinnedArray(long length)
    {
        Length = length;
        var slack = 64 / sizeof(T);
        _array = GC.AllocateArray<T>(checked((int)(length + slack)), pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref _array[0]);
        Pointer = (T*)((start + 63) & ~(nuint)63);
    }

    public long Length { get; }

    /// <summary>The first element; valid while this object is reachable.</summary>
    public T* Pointer { get; }

    public Span<T> Span => new(Pointer, (int)Length);
}
