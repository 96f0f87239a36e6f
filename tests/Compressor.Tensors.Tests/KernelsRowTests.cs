using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Tests;

/// <summary>The kernels that work row by row: normalisation, loss, rotation, tables, reductions.</summary>
public unsafe class KernelsRowTests
{
    [Theory]
    [InlineData(3, 1)]
    [InlineData(5, 128)]
    [InlineData(200, 37)]
    public void RmsNormMatchesItsDefinition(int rows, int d)
    {
        using var memory = new KernelMemory();
        float* x = memory.Random(rows * d, 1), dy = memory.Random(rows * d, 2), y = memory.Zeros(rows * d), r = memory.Zeros(rows);
        float* dx = memory.Random(rows * d, 3), before = memory.Copy(dx, rows * d), alone = memory.Zeros(rows * d);
        RmsNorm.Forward(x, y, r, rows, d, 1e-5f);
        RmsNorm.Backward(x, r, dy, dx, rows, d, true);
        RmsNorm.Backward(x, r, dy, alone, rows, d, false);
        for (int row = 0; row < rows; row++)
        {
            double squares = 0, along = 0;
            for (int i = row * d; i < (row + 1) * d; i++)
            {
                squares += (double)x[i] * x[i];
                along += (double)x[i] * dy[i];
            }

            double inverse = 1 / Math.Sqrt(squares / d + 1e-5f);
            for (int i = row * d; i < (row + 1) * d; i++)
            {
                double gradient = inverse * (dy[i] - x[i] * along * inverse * inverse / d);
                KernelAssert.Close(x[i] * inverse, y[i], 1e-6, $"y[{i}]");
                KernelAssert.Close(gradient, alone[i], 2e-5, $"dx[{i}]");
                Assert.Equal(before[i] + alone[i], dx[i]);
            }
        }
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(30, 100)]
    [InlineData(17, 4096)]
    public void CrossEntropyMatchesItsDefinitionAndSkipsNegativeTargets(int rows, int classes)
    {
        using var memory = new KernelMemory();
        float* logits = memory.Random((long)rows * classes, 1), loss = memory.Zeros(rows), log = memory.Zeros(rows);
        Elementwise.Scale(logits, 20f, logits, (long)rows * classes);
        float* gradient = memory.Copy(logits, (long)rows * classes), inPlace = memory.Copy(logits, (long)rows * classes);
        long[] targets = new long[rows];
        for (int row = 0; row < rows; row++) targets[row] = row % 4 == 3 ? -1 : row * 7919L % classes;
        fixed (long* target = targets)
        {
            CrossEntropy.Forward(logits, target, log, loss, rows, classes);
            CrossEntropy.Backward(logits, target, log, 0.25f, gradient, rows, classes);
            CrossEntropy.Backward(inPlace, target, log, 0.25f, inPlace, rows, classes);
        }

        KernelAssert.SameBits(gradient, inPlace, (long)rows * classes);
        for (int row = 0; row < rows; row++)
        {
            float* x = logits + row * classes;
            double sum = 0;
            for (int c = 0; c < classes; c++) sum += Math.Exp(x[c]);
            KernelAssert.Close(targets[row] < 0 ? 0 : Math.Log(sum) - x[targets[row]], loss[row], 2e-6, "loss");
            for (int c = 0; c < classes; c++)
            {
                double expected = targets[row] < 0 ? 0 : (Math.Exp(x[c]) / sum - (c == targets[row] ? 1 : 0)) * 0.25;
                KernelAssert.Close(expected, gradient[row * classes + c], 1e-6, "gradient");
            }
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(70)]
    public void RotaryTurnsPairsAndItsInverseTurnsThemBack(int headDim)
    {
        const int Heads = 3, Length = 11;
        int half = headDim / 2, n = Heads * Length * headDim;
        using var memory = new KernelMemory();
        float* x = memory.Random(n, 1), y = memory.Zeros(n), back = memory.Zeros(n);
        float* cos = memory.Random(Length * half, 2), sin = memory.Zeros(Length * half);
        for (int i = 0; i < Length * half; i++) sin[i] = MathF.Sqrt(1 - cos[i] * cos[i]);
        Rotary.Apply(x, y, cos, sin, Heads, Length, headDim, false);
        Rotary.Apply(y, back, cos, sin, Heads, Length, headDim, true);
        for (int row = 0; row < Heads * Length; row++)
        {
            for (int i = 0; i < half; i++)
            {
                float a = x[row * headDim + i], b = x[row * headDim + half + i];
                float c = cos[row % Length * half + i], s = sin[row % Length * half + i];
                Assert.Equal(a * c - b * s, y[row * headDim + i]);
                Assert.Equal(b * c + a * s, y[row * headDim + half + i]);
            }
        }

        for (int i = 0; i < n; i++) KernelAssert.Close(x[i], back[i], 1e-6);
        Rotary.Apply(x, x, cos, sin, Heads, Length, headDim, false);
        KernelAssert.SameBits(y, x, n);
    }

    [Fact]
    public void ScatterAddAddsRepeatedRowsInOrderForAnyThreadCount()
    {
        const int Table = 13, Count = 3000, D = 70;
        using var memory = new KernelMemory();
        float* y = memory.Random(Count * D, 1), expected = memory.Random(Table * D, 2);
        float* one = memory.Copy(expected, Table * D), two = memory.Copy(expected, Table * D), gathered = memory.Zeros(Count * D);
        long[] indices = new long[Count];
        for (int i = 0; i < Count; i++) indices[i] = (long)i * i % Table;
        for (int i = 0; i < Count; i++)
        {
            for (int c = 0; c < D; c++) expected[indices[i] * D + c] += y[i * D + c];
        }

        fixed (long* index = indices)
        {
            long* at = index;
            KernelThreads.With(1, () => Rows.ScatterAdd(one, at, y, Count, D));
            KernelThreads.With(2, () => Rows.ScatterAdd(two, at, y, Count, D));
            Rows.Gather(expected, at, gathered, Count, D);
        }

        KernelAssert.SameBits(expected, one, Table * D);
        KernelAssert.SameBits(expected, two, Table * D);
        for (int i = 0; i < Count; i++) KernelAssert.SameBits(expected + indices[i] * D, gathered + i * D, D);
    }

    [Fact]
    public void RowBroadcastsAndColumnSumsMatchTheLoops()
    {
        const int RowCount = 700, D = 45;
        using var memory = new KernelMemory();
        float* x = memory.Random(RowCount * D, 1), vector = memory.Random(D, 2), factors = memory.Random(RowCount, 3);
        float* sum = memory.Zeros(RowCount * D), product = memory.Zeros(RowCount * D), scaled = memory.Zeros(RowCount * D), columns = memory.Copy(vector, D);
        Rows.AddVector(x, vector, sum, RowCount, D);
        Rows.MultiplyVector(x, vector, product, RowCount, D);
        Rows.MultiplyScalar(x, factors, scaled, RowCount, D);
        Rows.SumColumns(x, columns, RowCount, D, true);
        for (int c = 0; c < D; c++)
        {
            float chain = vector[c];
            for (int r = 0; r < RowCount; r++)
            {
                float value = x[r * D + c];
                Assert.Equal(value + vector[c], sum[r * D + c]);
                Assert.Equal(value * vector[c], product[r * D + c]);
                Assert.Equal(value * factors[r], scaled[r * D + c]);
                chain += value;
            }

            Assert.Equal(chain, columns[c]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(100_003)]
    public void ReductionsFollowTheLaneTreeForAnyThreadCount(int n)
    {
        const int Chunk = 1 << 14;
        using var memory = new KernelMemory();
        float* x = memory.Random(n, 1);
        double sum = 0, squares = 0;
        float max = x[0];
        for (int start = 0; start < n; start += Chunk)
        {
            float[] lanes = new float[16], squareLanes = new float[16];
            for (int i = start; i < Math.Min(n, start + Chunk); i++)
            {
                lanes[i % 16] += x[i];
                squareLanes[i % 16] = MathF.FusedMultiplyAdd(x[i], x[i], squareLanes[i % 16]);
                max = Math.Max(max, x[i]);
            }

            sum += Tree(lanes);
            squares += Tree(squareLanes);
        }

        foreach (int threads in new[] { 1, 2 })
        {
            KernelThreads.With(threads, () =>
            {
                Assert.Equal((float)sum, Reduction.Sum(x, n));
                Assert.Equal((float)squares, Reduction.SumOfSquares(x, n));
                Assert.Equal(max, Reduction.Max(x, n));
            });
        }
    }

    private static float Tree(float[] lanes)
    {
        for (int half = 8; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
        }

        return lanes[0];
    }
}
