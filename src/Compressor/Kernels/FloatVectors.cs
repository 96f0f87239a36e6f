using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Kernels;

/// <summary>One float: the definition of every elementwise step.</summary>
internal readonly unsafe struct Float1(float value) : IFloatVector<Float1>
{
    private readonly float _value = value;

    public static int Count => 1;

    public static Float1 Broadcast(float value) => new(value);

    public static Float1 Load(float* source) => new(*source);

    public static Float1 Load(int* source) => new(*source);

    public static Float1 Load(sbyte* source) => new(*source);

    public static void Store(Float1 value, float* destination) => *destination = value._value;

    public static Float1 operator +(Float1 left, Float1 right) => new(left._value + right._value);

    public static Float1 operator -(Float1 left, Float1 right) => new(left._value - right._value);

    public static Float1 operator *(Float1 left, Float1 right) => new(left._value * right._value);

    public static Float1 operator /(Float1 left, Float1 right) => new(left._value / right._value);

    public static Float1 Max(Float1 left, Float1 right) => left._value > right._value ? left : right;

    public static Float1 Abs(Float1 value) => new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value._value) & 0x7FFFFFFF));

    public static float MaxElement(Float1 value) => value._value;

    public static void StoreBits(Float1 value, int addend, int* destination) =>
        *destination = BitConverter.SingleToInt32Bits(value._value) + addend;

    public static void StoreLowBytes(Float1 value, int addend, byte* destination) =>
        *destination = (byte)(BitConverter.SingleToInt32Bits(value._value) + addend);

    public static Float1 AddToExponent(Float1 value, Float1 steps) => new(BitConverter.Int32BitsToSingle(
        BitConverter.SingleToInt32Bits(value._value) + (BitConverter.SingleToInt32Bits(steps._value) << 23)));

    public static Float1 AddBits(Float1 left, Float1 right) => new(BitConverter.Int32BitsToSingle(
        BitConverter.SingleToInt32Bits(left._value) + BitConverter.SingleToInt32Bits(right._value)));

    public static int SumBits(Float1 value) => BitConverter.SingleToInt32Bits(value._value);
}

/// <summary>Four floats in a 128-bit register of any machine.</summary>
internal readonly unsafe struct Float4(Vector128<float> value) : IFloatVector<Float4>
{
    private readonly Vector128<float> _value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load(int* source) => new(Vector128.ConvertToSingle(Vector128.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load(sbyte* source) =>
        new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(int*)source).AsSByte()))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float4 value, float* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 operator +(Float4 left, Float4 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 operator -(Float4 left, Float4 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 operator *(Float4 left, Float4 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 operator /(Float4 left, Float4 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Max(Float4 left, Float4 right) => new(Vector128.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Abs(Float4 value) => new(Vector128.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxElement(Float4 value)
    {
        var two = Vector128.MaxNative(value._value, Vector128.Shuffle(value._value, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits(Float4 value, int addend, int* destination) =>
        (value._value.AsInt32() + Vector128.Create(addend)).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowBytes(Float4 value, int addend, byte* destination)
    {
        var bits = value._value.AsInt32() + Vector128.Create(addend);
        var words = Vector128.Narrow(bits, bits);
        *(uint*)destination = Vector128.Narrow(words, words).AsUInt32().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 AddToExponent(Float4 value, Float4 steps) =>
        new((value._value.AsInt32() + Vector128.ShiftLeft(steps._value.AsInt32(), 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 AddBits(Float4 left, Float4 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SumBits(Float4 value) => Vector128.Sum(value._value.AsInt32());
}

/// <summary>Eight floats in a 256-bit register.</summary>
internal readonly unsafe struct Float8(Vector256<float> value) : IFloatVector<Float8>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Load(int* source) => new(Vector256.ConvertToSingle(Vector256.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Load(sbyte* source)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsSByte());
        return new(Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float8 value, float* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 operator +(Float8 left, Float8 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 operator -(Float8 left, Float8 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 operator *(Float8 left, Float8 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 operator /(Float8 left, Float8 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Max(Float8 left, Float8 right) => new(Vector256.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 Abs(Float8 value) => new(Vector256.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxElement(Float8 value) =>
        Float4.MaxElement(new Float4(Vector128.MaxNative(value._value.GetLower(), value._value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits(Float8 value, int addend, int* destination) =>
        (value._value.AsInt32() + Vector256.Create(addend)).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowBytes(Float8 value, int addend, byte* destination)
    {
        var bits = value._value.AsInt32() + Vector256.Create(addend);
        var words = Vector128.Narrow(bits.GetLower(), bits.GetUpper());
        *(ulong*)destination = Vector128.Narrow(words, words).AsUInt64().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 AddToExponent(Float8 value, Float8 steps) =>
        new((value._value.AsInt32() + Vector256.ShiftLeft(steps._value.AsInt32(), 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8 AddBits(Float8 left, Float8 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SumBits(Float8 value) => Vector256.Sum(value._value.AsInt32());
}

/// <summary>Sixteen floats in a 512-bit register; only where <see cref="InstructionSet.Avx512"/> is supported.</summary>
internal readonly unsafe struct Float16(Vector512<float> value) : IFloatVector<Float16>
{
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 Load(int* source) => new(Vector512.ConvertToSingle(Vector512.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 Load(sbyte* source) => new(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(source))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float16 value, float* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 operator +(Float16 left, Float16 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 operator -(Float16 left, Float16 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 operator *(Float16 left, Float16 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 operator /(Float16 left, Float16 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 Max(Float16 left, Float16 right) => new(Vector512.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 Abs(Float16 value) => new(Vector512.Abs(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxElement(Float16 value) =>
        Float8.MaxElement(new Float8(Vector256.MaxNative(value._value.GetLower(), value._value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBits(Float16 value, int addend, int* destination) =>
        (value._value.AsInt32() + Vector512.Create(addend)).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowBytes(Float16 value, int addend, byte* destination)
    {
        var bits = value._value.AsInt32() + Vector512.Create(addend);
        Avx512F.ConvertToVector128Byte(bits).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 AddToExponent(Float16 value, Float16 steps) =>
        new((value._value.AsInt32() + Vector512.ShiftLeft(steps._value.AsInt32(), 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16 AddBits(Float16 left, Float16 right) => new((left._value.AsInt32() + right._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SumBits(Float16 value) => Vector512.Sum(value._value.AsInt32());
}
