namespace Compressor.Kernels;

/// <summary>Elements at a fixed address: an array of this process, or part of a file that is mapped into memory.</summary>
/// <remarks>Keep the object reachable while its pointer is in use.</remarks>
internal sealed unsafe class NativeData<T> where T : unmanaged
{
    private readonly object _owner;   // keeps the memory

    /// <summary>Zeros on a cache line border.</summary>
    public NativeData(long length)
    {
        var array = new PinnedArray<T>(length);
        _owner = array;
        Pointer = array.Pointer;
        Length = length;
    }

    /// <summary>Memory that <paramref name="owner"/> keeps.</summary>
    public NativeData(object owner, T* pointer, long length)
    {
        _owner = owner;
        Pointer = pointer;
        Length = length;
    }

    /// <summary>Elements.</summary>
    public long Length { get; }

    /// <summary>The first element; valid while this object is reachable.</summary>
    public T* Pointer { get; }

    /// <summary>All elements, at most 2^31; valid while this object is reachable.</summary>
    public Span<T> Span => new(Pointer, checked((int)Length));
}
