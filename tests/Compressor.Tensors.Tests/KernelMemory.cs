using System.Runtime.InteropServices;

namespace Compressor.Tensors.Tests;

/// <summary>Native test buffers, filled from a fixed generator so that the same call gives the same floats everywhere.</summary>
internal sealed unsafe class KernelMemory : IDisposable
{
    private readonly List<nint> _blocks = [];

    /// <summary>n zeros; 64-byte aligned plus <paramref name="offset"/> floats.</summary>
    public float* Zeros(long n, int offset = 0)
    {
        var block = (float*)NativeMemory.AlignedAlloc((nuint)(n + offset + 1) * sizeof(float), 64);
        new Span<float>(block, (int)n + offset + 1).Clear();
        _blocks.Add((nint)block);
        return block + offset;
    }

    /// <summary>n floats in (−1, 1), a multiple of 2^-23 each.</summary>
    public float* Random(long n, int seed, int offset = 0)
    {
        float* block = Zeros(n, offset);
        ulong state = (ulong)seed * 0x9E3779B97F4A7C15 + 1;
        for (long i = 0; i < n; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            block[i] = ((int)(state >> 40) - (1 << 23)) * (1f / (1 << 23));
        }

        return block;
    }

    /// <summary>A copy of n floats.</summary>
    public float* Copy(float* source, long n)
    {
        float* block = Zeros(n);
        Buffer.MemoryCopy(source, block, n * sizeof(float), n * sizeof(float));
        return block;
    }

    public void Dispose()
    {
        foreach (nint block in _blocks) NativeMemory.AlignedFree((void*)block);
        _blocks.Clear();
    }
}
