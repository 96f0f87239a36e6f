using System.Runtime.CompilerServices;

namespace Compressor.Kernels;

/// <summary>The arithmetic at one vector width. See <see cref="FloatKernels"/> for what each computes.</summary>
internal sealed unsafe class FloatKernels<T> : FloatKernels where T : unmanaged, IFloatVector<T>
{
    private const int TileRows = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Product(
        float* a, int aRow, int aTerm, float* b, int bRow, float* c, int cRow, int rows, int terms, int columns, bool accumulate)
    {
        for (var j = 0; j < columns;)
        {
            var wide = columns - j >= 2 * T.Count;
            var i = 0;
            for (; wide && i + TileRows <= rows; i += TileRows)
                FourByTwo(a + ((long)i * aRow), aRow, aTerm, b + j, bRow, c + ((long)i * cRow) + j, cRow, terms, accumulate);
            for (; i < rows; i++)
            {
                if (wide)
                    OneByTwo(a + ((long)i * aRow), aTerm, b + j, bRow, c + ((long)i * cRow) + j, terms, accumulate);
                else
                    OneByOne(a + ((long)i * aRow), aTerm, b + j, bRow, c + ((long)i * cRow) + j, terms, accumulate);
            }

            j += wide ? 2 * T.Count : T.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Dot(float* x, float* y, int n)
    {
        var partial = stackalloc float[PartialSums];
        for (var j = 0; j < PartialSums; j += T.Count)
        {
            var sum = T.Broadcast(0f);
            for (var i = j; i < n; i += PartialSums)
                sum += T.Load(x + i) * T.Load(y + i);
            T.Store(sum, partial + j);
        }

        return Fold(partial);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Sum(float* x, int n)
    {
        var partial = stackalloc float[PartialSums];
        for (var j = 0; j < PartialSums; j += T.Count)
        {
            var sum = T.Broadcast(0f);
            for (var i = j; i < n; i += PartialSums)
                sum += T.Load(x + i);
            T.Store(sum, partial + j);
        }

        return Fold(partial);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(float* x, float f, float* y, int n)
    {
        var factor = T.Broadcast(f);
        for (var i = 0; i < n; i += T.Count)
            T.Store(T.Load(x + i) * factor, y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddScaled(float* x, float* y, float f, int n)
    {
        var factor = T.Broadcast(f);
        for (var i = 0; i < n; i += T.Count)
            T.Store(T.Load(x + i) + (T.Load(y + i) * factor), x + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void NormalizeBackward(float* dy, float* y, float r, float* dx, int n)
    {
        T mean = T.Broadcast(Dot(dy, y, n) / n), factor = T.Broadcast(r);
        for (var i = 0; i < n; i += T.Count)
            T.Store(T.Load(dx + i) + (factor * (T.Load(dy + i) - (T.Load(y + i) * mean))), dx + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SquaredRelu(float* u, float* a, int n)
    {
        var zero = T.Broadcast(0f);
        for (var i = 0; i < n; i += T.Count)
        {
            var h = T.Max(T.Load(u + i), zero);
            T.Store(h, u + i);
            T.Store(h * h, a + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SquaredReluBackward(float* h, float* da, float* du, int n)
    {
        var two = T.Broadcast(2f);
        for (var i = 0; i < n; i += T.Count)
            T.Store(two * T.Load(h + i) * T.Load(da + i), du + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Softmax(float* scores, int count, int n)
    {
        Exponentials(scores, count, n);
        Scale(scores, 1f / Sum(scores, n), scores, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SoftmaxBackward(float* p, float* dp, int n)
    {
        var mean = T.Broadcast(Dot(dp, p, n));
        for (var i = 0; i < n; i += T.Count)
            T.Store(T.Load(p + i) * (T.Load(dp + i) - mean), dp + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void VocabularyWeights(float* logits, int count, int n, int bits, int* weights)
    {
        Exponentials(logits, count, n);
        T unit = T.Broadcast(1 << bits), magic = T.Broadcast(ExactRounding.Magic);
        for (var i = 0; i < n; i += T.Count)
            T.StoreBits((T.Load(logits + i) * unit) + magic, -ExactRounding.MagicBits, weights + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool Step(float* w, float* g, float rate, int n)
    {
        T factor = T.Broadcast(rate), limit = T.Broadcast(WeightLimit), minusOne = T.Broadcast(-1f), check = T.Broadcast(0f);
        for (var i = 0; i < n; i += T.Count)
        {
            var stepped = T.Load(w + i) - (factor * T.Load(g + i));

            // 0 for a number; NaN, for ever, for NaN and the infinities.
            check += stepped - stepped;
            var below = minusOne * T.Max(minusOne * stepped, minusOne * limit);
            T.Store(T.Max(below, minusOne * limit), w + i);
        }

        var partial = stackalloc float[PartialSums];
        T.Store(check, partial);
        for (var i = 0; i < T.Count; i++)
        {
            if (partial[i] != 0)
                return false;
        }

        return true;
    }

    /// <summary>e^(x − max x) of the first elements, in place, and 0 in the place of the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exponentials(float* x, int count, int n)
    {
        for (var i = count; i < n; i++)
            x[i] = -1e30f;
        var largest = T.Broadcast(-1e30f);
        for (var i = 0; i < n; i += T.Count)
            largest = T.Max(largest, T.Load(x + i));
        var max = T.Broadcast(T.MaxElement(largest));
        for (var i = 0; i < n; i += T.Count)
            T.Store(ExactRounding.Exp(T.Load(x + i) - max), x + i);
        for (var i = count; i < n; i++)
            x[i] = 0;
    }

    private static float Fold(float* partial)
    {
        for (var half = PartialSums / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                partial[i] += partial[i + half];
        }

        return partial[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(float* a, int aRow, int aTerm, float* b, int bRow, float* c, int cRow, int terms, bool accumulate)
    {
        T zero = T.Broadcast(0f), c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
        float* c0 = c, c1 = c0 + cRow, c2 = c1 + cRow, c3 = c2 + cRow;
        if (accumulate)
        {
            c00 = T.Load(c0);
            c01 = T.Load(c0 + T.Count);
            c10 = T.Load(c1);
            c11 = T.Load(c1 + T.Count);
            c20 = T.Load(c2);
            c21 = T.Load(c2 + T.Count);
            c30 = T.Load(c3);
            c31 = T.Load(c3 + T.Count);
        }

        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        long at = 0;
        for (var k = 0; k < terms; k++, b += bRow, at += aTerm)
        {
            T b0 = T.Load(b), b1 = T.Load(b + T.Count), f = T.Broadcast(a[at]);
            c00 += f * b0;
            c01 += f * b1;
            f = T.Broadcast(a1[at]);
            c10 += f * b0;
            c11 += f * b1;
            f = T.Broadcast(a2[at]);
            c20 += f * b0;
            c21 += f * b1;
            f = T.Broadcast(a3[at]);
            c30 += f * b0;
            c31 += f * b1;
        }

        T.Store(c00, c0);
        T.Store(c01, c0 + T.Count);
        T.Store(c10, c1);
        T.Store(c11, c1 + T.Count);
        T.Store(c20, c2);
        T.Store(c21, c2 + T.Count);
        T.Store(c30, c3);
        T.Store(c31, c3 + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByTwo(float* a, int aTerm, float* b, int bRow, float* c, int terms, bool accumulate)
    {
        T zero = T.Broadcast(0f), c0 = accumulate ? T.Load(c) : zero, c1 = accumulate ? T.Load(c + T.Count) : zero;
        for (var k = 0; k < terms; k++, b += bRow, a += aTerm)
        {
            var f = T.Broadcast(*a);
            c0 += f * T.Load(b);
            c1 += f * T.Load(b + T.Count);
        }

        T.Store(c0, c);
        T.Store(c1, c + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne(float* a, int aTerm, float* b, int bRow, float* c, int terms, bool accumulate)
    {
        var sum = accumulate ? T.Load(c) : T.Broadcast(0f);
        for (var k = 0; k < terms; k++, b += bRow, a += aTerm)
            sum += T.Broadcast(*a) * T.Load(b);
        T.Store(sum, c);
    }
}
