using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Tests;

public sealed class GradientTests
{
    private static readonly Dictionary<string, (long[][] Shapes, Func<Tensor[], Tensor> Function)> Cases = new()
    {
        ["add"] = ([[3, 4], [3, 4]], x => x[0] + x[1]),
        ["add row"] = ([[3, 4], [4]], x => x[0] + x[1]),
        ["add column"] = ([[3, 4], [3, 1]], x => x[0] + x[1]),
        ["add to smaller"] = ([[4], [2, 3, 4]], x => x[0] + x[1]),
        ["add outer"] = ([[3, 1], [1, 4]], x => x[0] + x[1]),
        ["add middle"] = ([[2, 1, 3], [2, 4, 3]], x => x[0] + x[1]),
        ["add itself"] = ([[5]], x => x[0] + x[0]),
        ["subtract"] = ([[3, 4], [4]], x => x[0] - x[1]),
        ["multiply"] = ([[3, 4], [3, 4]], x => x[0] * x[1]),
        ["multiply row"] = ([[3, 4], [4]], x => x[0] * x[1]),
        ["multiply column"] = ([[3, 4], [3, 1]], x => x[0] * x[1]),
        ["multiply one"] = ([[3, 4], [1]], x => x[0] * x[1]),
        ["multiply itself"] = ([[5]], x => x[0] * x[0]),
        ["divide"] = ([[3, 4], [3, 4]], x => x[0] / Positive(x[1])),
        ["divide row"] = ([[3, 4], [4]], x => x[0] / Positive(x[1])),
        ["scalars"] = ([[3, 4]], x => (2 - x[0] * 3 + 1) / 4 - 5),
        ["scalar over"] = ([[3, 4]], x => 2 / Positive(x[0])),
        ["negate"] = ([[3, 4]], x => -x[0]),
        ["square"] = ([[3, 4]], x => x[0].square()),
        ["pow"] = ([[3, 4]], x => x[0].pow(2) + x[0].pow(3) + x[0].pow(5) * 0.1),
        ["pow half"] = ([[3, 4]], x => Positive(x[0]).pow(0.5) + Positive(x[0]).pow(-0.5)),
        ["sqrt"] = ([[3, 4]], x => Positive(x[0]).sqrt()),
        ["rsqrt"] = ([[3, 4]], x => Positive(x[0]).rsqrt()),
        ["exp"] = ([[3, 4]], x => x[0].exp()),
        ["log"] = ([[3, 4]], x => Positive(x[0]).log()),
        ["sum"] = ([[3, 4]], x => x[0].sum()),
        ["sum first"] = ([[3, 4, 2]], x => x[0].sum(0)),
        ["sum middle"] = ([[3, 4, 2]], x => x[0].sum(1, keepdim: true)),
        ["sum last"] = ([[3, 4, 2]], x => x[0].sum(-1)),
        ["mean"] = ([[3, 4]], x => x[0].mean()),
        ["mean of two"] = ([[3, 4, 2]], x => x[0].mean([0, 2], keepdim: true)),
        ["norm"] = ([[3, 4]], x => x[0].norm()),
        ["softmax"] = ([[3, 4]], x => x[0].softmax(-1)),
        ["softmax first"] = ([[3, 4]], x => x[0].softmax(0)),
        ["log softmax"] = ([[3, 4]], x => x[0].log_softmax(-1)),
        ["view"] = ([[3, 4]], x => x[0].view(2, -1).square()),
        ["unsqueeze"] = ([[3, 4], [3, 2, 4]], x => x[0].unsqueeze(1) * x[1]),
        ["transpose"] = ([[2, 3, 4]], x => x[0].transpose(1, 2).square()),
        ["permute"] = ([[2, 3, 4, 2]], x => x[0].permute(3, 1, 0, 2).square()),
        ["narrow"] = ([[3, 5, 2]], x => x[0].narrow(1, 1, 3).square()),
        ["chunk"] = ([[3, 6]], x => Product(x[0].chunk(3, -1))),
        ["split"] = ([[5, 2]], x => cat(x[0].split([2, 3]).Reverse().ToArray()).square()),
        ["cat"] = ([[2, 3], [2, 1]], x => cat([x[0], x[1], x[0]], 1).square()),
        ["clone"] = ([[3, 4]], x => x[0].clone() * x[0]),
        ["matmul"] = ([[3, 4], [4, 5]], x => x[0].matmul(x[1])),
        ["matmul rows"] = ([[2, 3, 4], [4, 5]], x => x[0].matmul(x[1])),
        ["matmul batches"] = ([[2, 2, 3, 4], [2, 2, 4, 5]], x => x[0].matmul(x[1])),
        ["matmul itself"] = ([[3, 3]], x => x[0].mm(x[0])),
        ["linear"] = ([[2, 3, 4], [5, 4], [5]], x => nn.functional.linear(x[0], x[1], x[2])),
        ["linear twice"] = ([[3, 4], [4, 4]], x => nn.functional.linear(nn.functional.linear(x[0], x[1]), x[1])),
        ["embedding"] = ([[6, 3]], x => nn.functional.embedding(tensor([1, 4, 1, 0, 5, 5], [2, 3]), x[0]).square()),
        ["cross entropy"] = ([[4, 5]], x => nn.functional.cross_entropy(x[0] * 1, tensor([1, -100, 0, 4]))),
        ["cross entropy of a leaf"] = ([[4, 5]], x => nn.functional.cross_entropy(x[0], tensor([1, 7, 0, 4]), ignore_index: 7)),
        ["cross entropy, overwriting"] = ([[4, 5]], x => Fused.cross_entropy_with_logits(x[0] * 1, tensor([1, 2, 0, 4]))),
        ["linear cross entropy"] = ([[4, 3], [5, 3]], x => Fused.linear_cross_entropy(x[0] * 1, x[1], tensor([1, -100, 0, 4])) * 2),
        ["rms norm"] = ([[3, 20]], x => Fused.rms_norm(x[0])),
        ["rms norm, residual"] = ([[3, 20]], x => x[0] * 1 + Fused.rms_norm(x[0] * 1)),
        ["rotary"] = ([[2, 2, 3, 4]], x => Fused.rotary(x[0] * 1, Angles(0.5f), Angles(0.25f))),
        ["attention"] = ([[2, 2, 5, 4], [2, 2, 5, 4], [2, 2, 5, 4]], x => Fused.causal_attention(x[0], x[1], x[2], 0.5)),
        ["attention, shared heads"] = ([[1, 4, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]], x => Fused.causal_attention(x[0], x[1], x[2], 0.5)),
        ["attention, composed"] = (
            [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]],
            x => nn.functional.scaled_dot_product_attention(x[0], x[1], x[2], attn_mask: tensor([0f, -1, -2, 0, 0, -1, 1, 0, 0], [3, 3]))),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void EqualsDifferenceQuotient(string name)
    {
        var (shapes, function) = Cases[name];
        var generator = new Generator(7);
        GradientCheck.Check(function, [.. shapes.Select(shape => randn(shape, generator: generator))]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OfReluIsZeroBelowZero(bool squared)
    {
        // Away from the kink, where the difference quotient means nothing.
        var x = tensor([-2f, -0.5f, 0.5f, 2f, -1f, 1f]);
        GradientCheck.Check(inputs => squared ? Fused.squared_relu(inputs[0]) : inputs[0].relu(), [x]);
        Assert.Equal(0, x.grad!.data<float>()[0]);
    }

    [Fact]
    public void OfTransformerBlock()
    {
        var sizes = new Probe.TinySizes(11, 8, 2, 1, 12, 1, 4, 2);
        manual_seed(3);
        using var block = new Probe.TinyBlock(sizes);
        GradientCheck.Check(inputs => block.call(inputs[0]), [randn([2, 4, 8])], tolerance: 5e-3);
        foreach (var parameter in block.parameters())
            Assert.NotNull(parameter.grad);
        GradientCheck.Check(_ => block.call(ones([2, 4, 8]) + arange(8, ScalarType.Float32)), [.. block.parameters().Select(Fresh)], tolerance: 5e-3);
    }

    private static Tensor Fresh(Modules.Parameter parameter)
    {
        parameter.grad = null;
        return parameter;
    }

    private static Tensor Positive(Tensor x) => x.square() + 1;

    private static Tensor Product(Tensor[] parts) => parts[0] * parts[1] - parts[2];

    private static Tensor Angles(float start) =>
        (arange(6, ScalarType.Float32).view(3, 2) * 0.1 + start).detach();
}
