using Compressor.Training.Inference;

namespace Compressor.Training.Tests.Inference;

/// <summary>Each step in tensors against the same step in plain C#, bit for bit.</summary>
public class ExactStepsTests
{
    private const int Rows = 24;
    private const int Width = 160;

    [Theory]
    [InlineData(63)]
    [InlineData(127)]
    [InlineData(255)]
    public void QuantizeIsTheFormula(float limit)
    {
        using var scope = torch.NewDisposeScope();
        var x = Values(seed: 1);
        var (values, scale) = ExactSteps.Quantize(torch.tensor(x).view(Rows, Width), limit);
        var (expected, scales) = (new float[x.Length], new float[Rows]);
        for (var r = 0; r < Rows; r++)
        {
            var largest = x.AsSpan(r * Width, Width).ToArray().Max(MathF.Abs);
            if (largest < 1e-20f)
                continue;
            var inverse = limit / largest;
            for (var i = r * Width; i < (r + 1) * Width; i++)
                expected[i] = MathF.Round(x[i] * inverse, MidpointRounding.ToEven);
            scales[r] = largest / limit;
        }

        Assert.Equal(expected, values.data<float>().ToArray());
        Assert.Equal(scales, scale.data<float>().ToArray());
    }

    [Fact]
    public void NormalizeIsTheFormula()
    {
        using var scope = torch.NewDisposeScope();
        var x = Values(seed: 2);
        var (values, scale) = ExactSteps.Normalize(torch.tensor(x).view(Rows, Width));
        var q = values.data<float>().ToArray();
        for (var r = 0; r < Rows; r++)
        {
            var squares = q.Skip(r * Width).Take(Width).Sum(v => (long)v * (long)v);
            Assert.Equal(squares == 0 ? 0 : MathF.Sqrt(Width / (float)squares), scale.data<float>()[r, 0]);
        }
    }

    [Fact]
    public void ExpIsThePolynomial()
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(3);
        float[] x = [0, -1e-30f, -79.99f, -80, -81, -1e30f, .. Enumerable.Range(0, 20000).Select(_ => -90 * random.NextSingle() * random.NextSingle())];
        var y = ExactSteps.Exp(torch.tensor(x), ExactSteps.PowersOfTwo()).data<float>().ToArray();
        Assert.Equal(x.Select(Exp), y);
    }

    [Theory]
    [InlineData(127 * 127, 96)]
    [InlineData(127 * 127, 4096)]
    [InlineData(65536, 256)]
    [InlineData(65536, 5000)]
    public void SumsOfManyWholeNumbersAreRoundedOnce(int largest, int count)
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(4);
        float[] x = [.. Enumerable.Range(0, 8 * count).Select(_ => (float)random.Next(largest + 1))];
        var sums = ExactSteps.Sum(torch.tensor(x).view(8, count), largest).data<float>().ToArray();
        Assert.Equal(Enumerable.Range(0, 8).Select(r => (float)x.Skip(r * count).Take(count).Sum(v => (long)v)), sums);
    }

    [Theory]
    [InlineData(128 * 127, 96)]
    [InlineData(128 * 127, 1600)]
    [InlineData(128 * 255, 640)]
    [InlineData(128 * 255, 3000)]
    public void ProductsOfAnyInnerSizeAreRoundedOnce(int largest, int inner)
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(5);
        const int M = 5, N = 7;
        var limit = largest / 128;
        float[] a = [.. Enumerable.Range(0, M * inner).Select(_ => (float)random.Next(limit - 20, limit + 1))]; // large: sums pass 2^24
        float[] b = [.. Enumerable.Range(0, inner * N).Select(i => (float)(random.Next(-128, -100) * (i % N == 0 ? 1 : -1)))];
        var c = ExactProduct.Multiply(torch.tensor(a).view(M, inner), torch.tensor(b).view(inner, N), largest).data<float>().ToArray();
        for (var m = 0; m < M; m++)
        {
            for (var n = 0; n < N; n++)
                Assert.Equal((float)Enumerable.Range(0, inner).Sum(k => (long)a[m * inner + k] * (long)b[k * N + n]), c[m * N + n]);
        }
    }

    // Rows of very different sizes, a zero row and one that counts as zero among them.
    private static float[] Values(int seed)
    {
        var random = new Random(seed);
        var x = new float[Rows * Width];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = (i / Width) switch
            {
                0 => 0,
                1 => 9e-21f * (random.NextSingle() - 0.5f),
                var row => (random.NextSingle() - 0.5f) * MathF.ScaleB(1, 3 * row - 40),
            };
        }

        return x;
    }

    private static float Exp(float x)
    {
        float z = MathF.Max(x, -80f) * 1.44269504f, n = MathF.Round(z, MidpointRounding.ToEven), f = z - n, p = 1.5403530e-4f;
        foreach (var c in (ReadOnlySpan<float>)[1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f, 0.24022651f, 0.69314718f, 1f])
            p = p * f + c;
        return MathF.ScaleB(p, (int)n);
    }
}
