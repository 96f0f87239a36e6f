using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Tests;

/// <summary>
/// Compares backward with central differences of Σ w·f(x), w fixed random weights. The sum is taken in double, so the
/// rounding left is that of f's own elements.
/// </summary>
internal static class GradientCheck
{
    private const float Step = 1f / 64; // exact, so that x ± step loses nothing for moderate x

    /// <summary>Checks every element of every input.</summary>
    public static void Check(Func<Tensor[], Tensor> function, Tensor[] inputs, double tolerance = 2e-3)
    {
        using var scope = NewDisposeScope();
        foreach (var input in inputs)
            input.requires_grad_();
        var result = function(inputs);
        var weights = randn(result.shape, generator: new Generator(99));
        (result * weights).sum().backward();

        for (var i = 0; i < inputs.Length; i++)
        {
            var expected = Differences(function, inputs, inputs[i], weights);
            var actual = inputs[i].grad!.data<float>().ToArray();
            var largest = Math.Max(1, expected.Max(Math.Abs));
            for (var j = 0; j < actual.Length; j++)
            {
                if (!(Math.Abs(actual[j] - expected[j]) <= tolerance * largest))
                    Assert.Fail($"input {i}, element {j}: difference quotient {expected[j]:G6}, gradient {actual[j]:G6}");
            }
        }
    }

    private static double[] Differences(Func<Tensor[], Tensor> function, Tensor[] inputs, Tensor input, Tensor weights)
    {
        using var unrecorded = no_grad();
        var result = new double[input.numel()];
        for (var j = 0; j < result.Length; j++)
        {
            var elements = input.data<float>();
            var before = elements[j];
            elements[j] = before + Step;
            var above = Weighted(function, inputs, weights);
            elements[j] = before - Step;
            var below = Weighted(function, inputs, weights);
            elements[j] = before;
            result[j] = (above - below) / (2 * Step);
        }
        return result;
    }

    private static double Weighted(Func<Tensor[], Tensor> function, Tensor[] inputs, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var values = function(inputs).data<float>().ToArray();
        var factors = weights.data<float>().ToArray();
        return values.Zip(factors, (value, factor) => (double)value * factor).Sum();
    }
}
