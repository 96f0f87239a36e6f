using System.Runtime.Intrinsics;
using Compressor.Prediction.Mixing;

namespace Compressor.Prediction.Samples;

/// <summary>
/// Sums of products of features and target, and the weights that fit them best. Binary32 arithmetic of which every element has its operations in one order,
/// whatever the width of vectors: multiplications and additions are separate, and nothing is summed across a vector (docs/exactness.md).
/// </summary>
internal static unsafe class LeastSquares
{
    /// <summary>Features, at most. Sums are [Features, Row], the target being feature number <see cref="Features"/>.</summary>
    public const int Features = 24;

    /// <summary>The length of a row of sums and of a vector of features and target, in elements.</summary>
    public const int Row = 32;

    /// <summary>The length of sums, in elements.</summary>
    public const int Length = Features * Row;

    private const int Lanes = 8;   // of Vector256<float>

    /// <summary>Adds weight · x · xᵀ, above the diagonal, of features and target x.</summary>
    public static void Add(float* sums, float* x, float weight)
    {
        Vector256<float> x0 = Vector256.Load(x), x1 = Vector256.Load(x + 8), x2 = Vector256.Load(x + 16), x3 = Vector256.Load(x + 24);
        for (var i = 0; i < Features; i++, sums += Row)
        {
            var factor = Vector256.Create(x[i] * weight);
            if (i < 8) (Vector256.Load(sums) + factor * x0).Store(sums);
            if (i < 16) (Vector256.Load(sums + 8) + factor * x1).Store(sums + 8);
            (Vector256.Load(sums + 16) + factor * x2).Store(sums + 16);
            (Vector256.Load(sums + 24) + factor * x3).Store(sums + 24);
        }
    }

    /// <summary>sums ← sums · factor</summary>
    public static void Scale(float* sums, float factor)
    {
        var by = Vector256.Create(factor);
        for (var i = 0; i < Length; i += Lanes) (Vector256.Load(sums + i) * by).Store(sums + i);
    }

    /// <summary>sums ← sums + factor · others</summary>
    public static void AddScaled(float* sums, float* others, float factor)
    {
        var by = Vector256.Create(factor);
        for (var i = 0; i < Length; i += Lanes) (Vector256.Load(sums + i) + by * Vector256.Load(others + i)).Store(sums + i);
    }

    /// <summary>Finds the weights, by elimination; the sums are used up.</summary>
    /// <param name="sums">What was added.</param>
    /// <param name="ridge">Added to the diagonal, with a small share of it: keeps weights small where little is known.</param>
    /// <param name="weights">[Row] zeros after the features.</param>
    public static void Solve(float* sums, float ridge, float* weights)
    {
        for (var i = 0; i < Features; i++) sums[i * Row + i] = sums[i * Row + i] * 1.0005f + ridge;
        for (var i = 0; i < Features; i++)
        {
            var pivot = sums + i * Row;
            var inverse = 1 / pivot[i];
            for (var j = i + 1; j < Features; j++)
            {
                var row = sums + j * Row;
                var factor = Vector256.Create(pivot[j] * inverse);
                for (var k = j & -Lanes; k < Row; k += Lanes) (Vector256.Load(row + k) - factor * Vector256.Load(pivot + k)).Store(row + k);
            }
        }
        // The last column is what remains of the target; what is below the diagonal was never read.
        float* rest = stackalloc float[Features];
        for (var i = 0; i < Features; i++) rest[i] = sums[i * Row + Features];
        for (var i = Features - 1; i >= 0; i--)
        {
            var weight = rest[i] / sums[i * Row + i];
            if (!(weight > -16)) weight = -16;     // also what is not a number
            if (!(weight < 16)) weight = 16;
            weights[i] = weight;
            for (var j = 0; j < i; j++) rest[j] -= sums[j * Row + i] * weight;
        }
    }

    /// <summary>Σ weights · features, lane by lane and then by halves.</summary>
    public static float Predict(float* weights, float* x)
    {
        var sum = Vector256.Load(weights) * Vector256.Load(x);
        sum += Vector256.Load(weights + 8) * Vector256.Load(x + 8);
        sum += Vector256.Load(weights + 16) * Vector256.Load(x + 16);
        return FixedSum(sum);
    }

    /// <summary>The sum of eight lanes in the one order that all machines use.</summary>
    public static float FixedSum(Vector256<float> lanes)
    {
        var four = lanes.GetLower() + lanes.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }
}
