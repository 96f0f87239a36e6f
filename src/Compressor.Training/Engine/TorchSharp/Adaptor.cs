namespace Compressor.Training.Engine;

/// <summary>What TorchSharp lacks, composed from what it has; the managed engine has each as one kernel.</summary>
internal static class Adaptor
{
    private const double Epsilon = 1e-6;

    /// <summary>x / √(mean(x²) + ε) over the last dimension.</summary>
    public static Tensor RmsNorm(Tensor x) => x * torch.rsqrt(x.square().mean([-1], keepdim: true) + Epsilon);

    /// <summary>relu(x)².</summary>
    public static Tensor SquaredRelu(Tensor x) => nn.functional.relu(x).square();

    /// <summary>Turns element i of each head with element i + head/2; x is [B, heads, T, head], the tables [T, head/2].</summary>
    public static Tensor Rotate(Tensor x, Tensor cosines, Tensor sines)
    {
        long half = cosines.shape[1];
        var first = x.narrow(-1, 0, half);
        var second = x.narrow(-1, half, half);
        return torch.cat([first * cosines - second * sines, second * cosines + first * sines], -1);
    }

    /// <summary>Causal attention with scale 1/√head; query is [B, heads, T, head], key and value may have fewer heads.</summary>
    public static Tensor CausalAttention(Tensor query, Tensor key, Tensor value)
    {
        long group = query.shape[1] / key.shape[1];
        if (group > 1)
        {
            key = key.repeat_interleave(group, 1);
            value = value.repeat_interleave(group, 1);
        }

        return nn.functional.scaled_dot_product_attention(query, key, value, is_casual: true);
    }

    /// <summary>Mean of −ln softmax(x · weightᵀ)[target] over the rows whose target is not −100.</summary>
    public static Tensor LinearCrossEntropy(Tensor x, Tensor weight, Tensor targets) =>
        nn.functional.cross_entropy(nn.functional.linear(x, weight), targets);

    /// <summary>x · xᵀ of a matrix, without gradient history.</summary>
    public static Tensor Gram(Tensor x) => x.matmul(x.t());

    /// <summary>body(0) … body(count − 1), in any order, perhaps at the same time.</summary>
    public static void ForEach(int count, Action<int> body) => Array.ForEach([.. Enumerable.Range(0, count)], body);

    /// <summary>One adaptive step on the rows that have a gradient, which it uses up: v = β v + (1 − β) g², p = p − rate · g / (√v + ε).</summary>
    public static void StepRows(Tensor table, Tensor squares, double rate, double beta)
    {
        if (table.grad is not { } gradient)
            return;
        var rows = gradient.abs().sum(1).nonzero().view(-1);
        var g = gradient.index_select(0, rows);
        var v = squares.index_select(0, rows) * beta + g.square() * (1 - beta);
        squares.index_copy_(0, rows, v);
        table.index_add_(0, rows, g / (v.sqrt() + 1e-8), -rate);
        gradient.zero_();
    }
}
