using System.Runtime.Intrinsics;

namespace Compressor.Prediction.Samples;

/// <summary>
/// Sums of products of features and target, and the weights that fit them best. Binary64 arithmetic of which every element has its operations in one order,
/// whatever the width of vectors: multiplications and additions are separate, and a sum across a vector has one form (docs/exactness.md).
/// </summary>
/// <param name="features">How many features there are, a multiple of 4.</param>
internal sealed unsafe class LeastSquares(int features)
{
    private const int Lanes = 4;   // of Vector256<double>

    /// <summary>Features. The target is the number after the last of them, and zeros fill what is left of a <see cref="Row"/>.</summary>
    public int Features => features;

    /// <summary>The length of a row of sums, and of a vector of features and target, in elements.</summary>
    public int Row => features + Lanes;

    /// <summary>The length of sums, in elements: [Features, Row].</summary>
    public int Length => features * Row;

    /// <summary>Adds weight · x · xᵀ, on and above the diagonal, of features and target x.</summary>
    public void Add(double* sums, double* x, double weight)
    {
        var row = Row;
        for (var i = 0; i < features; i++, sums += row)
        {
            var factor = Vector256.Create(x[i] * weight);
            for (var j = i & -Lanes; j < row; j += Lanes) (Vector256.Load(sums + j) + factor * Vector256.Load(x + j)).Store(sums + j);
        }
    }

    /// <summary>sums ← sums · factor</summary>
    public void Scale(double* sums, double factor)
    {
        var by = Vector256.Create(factor);
        for (var i = 0; i < Length; i += Lanes) (Vector256.Load(sums + i) * by).Store(sums + i);
    }

    /// <summary>sums ← sums + factor · others</summary>
    public void AddScaled(double* sums, double* others, double factor)
    {
        var by = Vector256.Create(factor);
        for (var i = 0; i < Length; i += Lanes) (Vector256.Load(sums + i) + by * Vector256.Load(others + i)).Store(sums + i);
    }

    /// <summary>Finds the weights, by elimination; the sums are used up.</summary>
    /// <param name="sums">What was added.</param>
    /// <param name="ridge">Added to the diagonal, with a small share of it: keeps weights small where little is known.</param>
    /// <param name="share">That share.</param>
    /// <param name="weights">[Features] each within ±16.</param>
    public void Solve(double* sums, double ridge, double share, double* weights)
    {
        var row = Row;
        for (var i = 0; i < features; i++) sums[i * row + i] += sums[i * row + i] * share + ridge;
        for (var i = 0; i < features; i++)
        {
            var pivot = sums + i * row;
            var inverse = 1 / pivot[i];
            for (var j = i + 1; j < features; j++)
            {
                var other = sums + j * row;
                var factor = Vector256.Create(pivot[j] * inverse);
                for (var k = j & -Lanes; k < row; k += Lanes) (Vector256.Load(other + k) - factor * Vector256.Load(pivot + k)).Store(other + k);
            }
        }
        // The column of the target is what remains of it; what is below the diagonal was never read.
        for (var i = features - 1; i >= 0; i--)
        {
            var weight = sums[i * row + features] / sums[i * row + i];
            if (!(weight > -16)) weight = -16;     // also what is not a number
            if (!(weight < 16)) weight = 16;
            weights[i] = weight;
            for (var j = 0; j < i; j++) sums[j * row + features] -= sums[j * row + i] * weight;
        }
    }

    /// <summary>Σ weights · features: lane by lane, then by halves.</summary>
    public double Predict(double* weights, double* x)
    {
        var sum = Vector256<double>.Zero;
        for (var i = 0; i < features; i += Lanes) sum += Vector256.Load(weights + i) * Vector256.Load(x + i);
        var two = sum.GetLower() + sum.GetUpper();
        return two[0] + two[1];
    }
}
