using System.Runtime.InteropServices;

namespace Compressor.Tensors.Kernels;

/// <summary>A 64-byte aligned work area that grows and is kept: each thread holds one per use in a thread-static field.</summary>
internal sealed unsafe class ScratchBuffer
{
    private const nuint Alignment = 64;

    private float* _data;
    private long _capacity;

    ~ScratchBuffer() => NativeMemory.AlignedFree(_data);

    /// <summary>At least <paramref name="count"/> floats of unspecified content, valid until the next call.</summary>
    public float* Rent(long count)
    {
        if (count > _capacity)
        {
            NativeMemory.AlignedFree(_data);
            _data = null;
            _capacity = 0;
            _data = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), Alignment);
            _capacity = count;
        }

        return _data;
    }
}
