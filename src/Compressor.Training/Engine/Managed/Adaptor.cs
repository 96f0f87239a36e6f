namespace Compressor.Training.Engine;

/// <summary>The operations that TorchSharp composes from several and the managed engine has as one kernel each.</summary>
internal static class Adaptor
{
    private const double Epsilon = 1e-6;

    /// <summary>x / √(mean(x²) + ε) over the last dimension.</summary>
    public static Tensor RmsNorm(Tensor x) => Fused.rms_norm(x, Epsilon);

    /// <summary>relu(x)².</summary>
    public static Tensor SquaredRelu(Tensor x) => Fused.squared_relu(x);

    /// <summary>Turns element i of each head with element i + head/2; x is [B, heads, T, head], the tables [T, head/2].</summary>
    public static Tensor Rotate(Tensor x, Tensor cosines, Tensor sines) => Fused.rotary(x, cosines, sines);

    /// <summary>Causal attention with scale 1/√head; query is [B, heads, T, head], key and value may have fewer heads.</summary>
    public static Tensor CausalAttention(Tensor query, Tensor key, Tensor value) =>
        nn.functional.scaled_dot_product_attention(query, key, value, is_casual: true);

    /// <summary>Mean of −ln softmax(x · weightᵀ)[target] over the rows whose target is not −100.</summary>
    public static Tensor LinearCrossEntropy(Tensor x, Tensor weight, Tensor targets) => Fused.linear_cross_entropy(x, weight, targets);

    /// <summary>x · xᵀ of a matrix, without gradient history.</summary>
    public static Tensor Gram(Tensor x) => Fused.gram(x);

    /// <summary>body(0) … body(count − 1), in any order, perhaps at the same time.</summary>
    public static void ForEach(int count, Action<int> body) => Fused.parallel_for(count, body);

    /// <summary>One adaptive step on the rows that have a gradient, which it uses up: v = β v + (1 − β) g², p = p − rate · g / (√v + ε).</summary>
    public static void StepRows(Tensor table, Tensor squares, double rate, double beta) => Fused.step_rows_(table, squares, rate, beta);
}
