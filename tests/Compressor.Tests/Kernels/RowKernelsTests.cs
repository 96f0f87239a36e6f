using Compressor.Kernels;

namespace Compressor.Tests.Kernels;

/// <summary>Elementwise steps: the same bits at every width, and close to what they approximate.</summary>
public sealed unsafe class RowKernelsTests
{
    private const int N = 320;

    public static TheoryData<string> Sets() => Int8ProductTests.FastSets();

    [Theory]
    [MemberData(nameof(Sets))]
    public void EveryStepEqualsTheScalarOne(string name)
    {
        var set = Enum.Parse<InstructionSet>(name);
        for (var seed = 0; seed < 50; seed++) Assert.Equal(Fingerprint(InstructionSet.Scalar, seed), Fingerprint(set, seed));
    }

    [Fact]
    public void ExpIsAccurateFromMinus80To0()
    {
        double worst = 0;
        for (float x = 0; x > -80; x -= 0.00137f)
        {
            float y;
            Float1.Store(ExactRounding.Exp(Float1.Broadcast(x)), &y);
            worst = Math.Max(worst, Math.Abs(y / Math.Exp(x) - 1) / (4e-7 + 7e-8 * -x));
        }
        Assert.InRange(worst, 0, 1);   // the polynomial, and the rounding of x / ln 2, which grows with |x|
        float one;
        Float1.Store(ExactRounding.Exp(Float1.Broadcast(0)), &one);
        Assert.Equal(1f, one);
    }

    [Fact]
    public void RoundingIsHalfToEven()
    {
        foreach (var (x, wanted) in (ReadOnlySpan<(float, float)>)
            [(0.5f, 0), (1.5f, 2), (2.5f, 2), (-0.5f, 0), (-1.5f, -2), (126.5f, 126), (127.49f, 127), (4194303.5f, 4194304)])
        {
            float y;
            Float1.Store(ExactRounding.Round(Float1.Broadcast(x)), &y);
            Assert.Equal(wanted, y);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void QuantizedRowsReachTheirLimitAndZeroRowsStayZero(string name)
    {
        var set = Enum.Parse<InstructionSet>(name);
        var x = new PinnedArray<float>(N);
        var bytes = new PinnedArray<byte>(N);
        Assert.Equal(0f, RowKernels.For(set).Quantize(x.Pointer, N, 127f, 128, bytes.Pointer));
        Assert.True(bytes.Span.IndexOfAnyExcept((byte)128) < 0);

        var random = new Random(3);
        for (var i = 0; i < N; i++) x.Span[i] = (float)random.NextDouble() - 0.5f;
        x.Span[17] = -3f;
        var scale = RowKernels.For(set).Quantize(x.Pointer, N, 127f, 128, bytes.Pointer);
        Assert.Equal(3f / 127f, scale);
        Assert.Equal(1, bytes.Span[17]);
        for (var i = 0; i < N; i++) Assert.InRange(Math.Abs((bytes.Span[i] - 128) * scale - x.Span[i]), 0, scale * 0.5001f);
    }

    [Fact]
    public void AttentionWeightsAreTheSoftmaxOfTheWindow()
    {
        var random = new Random(4);
        var scores = new int[N];
        float[] keyScales = new float[N], valueScales = new float[N];
        for (var i = 0; i < N; i++) (scores[i], keyScales[i], valueScales[i]) = (random.Next(-9000, 9000), 0.02f, 0.01f);
        const int From = 37, To = 290;
        var weights = new byte[N];
        float factor;
        fixed (int* s = (int[])scores.Clone())
        fixed (float* k = keyScales, v = valueScales, scratch = new float[N])
        fixed (byte* w = weights)
            factor = RowKernels.For(InstructionSet.Scalar).AttentionWeights(s, N, From, To, 0.02f, k, v, scratch, w);

        double max = scores[From..To].Max() * 0.0004, sum = scores[From..To].Sum(x => Math.Exp(x * 0.0004 - max));
        for (var i = 0; i < N; i++)
        {
            var wanted = i is >= From and < To ? Math.Exp(scores[i] * 0.0004 - max) / sum * 0.01 : 0;
            Assert.InRange(weights[i] * factor - wanted, -factor, factor);
        }
    }

    private static string Fingerprint(InstructionSet set, int seed)
    {
        var kernels = RowKernels.For(set);
        var random = new Random(seed);
        var x = new PinnedArray<float>(N);
        var y = new PinnedArray<float>(N);
        var scales = new PinnedArray<float>(N);
        var acc = new PinnedArray<int>(N);
        var bytes = new PinnedArray<byte>(N);
        var scratch = new PinnedArray<float>(N);
        using var stream = new MemoryStream();
        void Append<T>(PinnedArray<T> array) where T : unmanaged => stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(array.Span));

        var size = MathF.Pow(10, random.Next(-8, 8));
        for (var i = 0; i < N; i++)
        {
            x.Span[i] = (float)(random.NextDouble() - 0.5) * size;
            scales.Span[i] = (float)random.NextDouble() * 0.1f;
            acc.Span[i] = random.Next(-2_000_000, 2_000_000);
        }
        stream.Write(BitConverter.GetBytes(kernels.Quantize(x.Pointer, N, 127f, 128, bytes.Pointer)));
        Append(bytes);
        stream.Write(BitConverter.GetBytes(kernels.QuantizeNormalized(x.Pointer, N, bytes.Pointer)));
        Append(bytes);
        kernels.AddScaledBytes((sbyte*)bytes.Pointer, 0.37f, N, x.Pointer);
        Append(x);
        kernels.Dequantize(acc.Pointer, 1e-5f, scales.Pointer, N, y.Pointer);
        kernels.Rotate(y.Pointer, 3, 32, scales.Pointer, scratch.Pointer);
        Append(y);
        kernels.DequantizeAdd(acc.Pointer, 1e-5f, scales.Pointer, N, y.Pointer);
        Append(y);
        stream.Write(BitConverter.GetBytes(kernels.QuantizeSquaredRelu(acc.Pointer, 1e-5f, scales.Pointer, N, y.Pointer, bytes.Pointer)));
        Append(y);
        Append(bytes);
        kernels.Scale(acc.Pointer, 0.001f, N, y.Pointer);
        Append(y);
        var factor = kernels.AttentionWeights(acc.Pointer, N, seed, N - seed, 1e-4f, scales.Pointer, scales.Pointer, scratch.Pointer, bytes.Pointer);
        stream.Write(BitConverter.GetBytes(factor));
        Append(bytes);
        for (var i = 0; i < N; i++) acc.Span[i] = random.Next(-2_000_000, 2_000_000);
        kernels.VocabularyWeights(acc.Pointer, 1e-4f, scales.Pointer, N, 22, y.Pointer);
        Append(acc);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(stream.ToArray()));
    }
}
