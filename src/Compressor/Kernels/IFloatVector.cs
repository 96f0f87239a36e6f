namespace Compressor.Kernels;

/// <summary>
/// A few float32 side by side, with only the operations that are exact on every machine (IEEE binary32 + − × ÷,
/// compare, round half to even). Elementwise steps of the coded path are written once against this and run at any
/// width with the same bits: no operation mixes elements except <see cref="MaxElement"/> and <see cref="SumBits"/>,
/// which are order-free.
/// </summary>
internal unsafe interface IFloatVector<T> where T : unmanaged, IFloatVector<T>
{
    /// <summary>Elements in a vector; divides 16.</summary>
    static abstract int Count { get; }

    static abstract T Broadcast(float value);

    static abstract T Load(float* source);

    /// <summary>Integers converted to the nearest float, ties to even.</summary>
    static abstract T Load(int* source);

    /// <summary>Signed bytes as floats.</summary>
    static abstract T Load(sbyte* source);

    static abstract void Store(T value, float* destination);

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    static abstract T operator /(T left, T right);

    /// <summary>The larger of two numbers (no NaN, zeros of either sign are equal).</summary>
    static abstract T Max(T left, T right);

    static abstract T Abs(T value);

    static abstract float MaxElement(T value);

    /// <summary>The bits of each float as an integer, plus <paramref name="addend"/>.</summary>
    static abstract void StoreBits(T value, int addend, int* destination);

    /// <summary>The low byte of each float's bits, plus <paramref name="addend"/>, modulo 256.</summary>
    static abstract void StoreLowBytes(T value, int addend, byte* destination);

    /// <summary>Adds the low bits of <paramref name="steps"/>, shifted up by 23, to the exponents of <paramref name="value"/>.</summary>
    static abstract T AddToExponent(T value, T steps);

    /// <summary>The bits of each as integers, added modulo 2^32.</summary>
    static abstract T AddBits(T left, T right);

    /// <summary>The sum of the bits of all elements as integers, modulo 2^32.</summary>
    static abstract int SumBits(T value);
}
