using FsCheck;
using FsCheck.Fluent;
using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Tests;

public sealed class TensorTests
{
    [Fact]
    public void BroadcastsLikeNumPy()
    {
        // Shapes of rank 0 … 4 that fit: each size is the common one or 1, leading ones may be missing.
        var shapes =
            from rank in Gen.Choose(0, 4)
            from common in Gen.ArrayOf(Gen.Choose(1, 4), rank)
            from a in Operand(common)
            from b in Operand(common)
            from operation in Gen.Choose(0, 3)
            select (common, a, b, operation);
        Prop.ForAll(shapes.ToArbitrary(), x => CheckElementwise(x.a, x.b, x.operation))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

        static Gen<long[]> Operand(int[] common) =>
            from kept in Gen.ArrayOf(Gen.Choose(0, 2), common.Length)
            from dropped in Gen.Choose(0, common.Length)
            select common.Select((size, i) => kept[i] == 0 ? 1L : size).Skip(dropped).ToArray();
    }

    private static void CheckElementwise(long[] aShape, long[] bShape, int operation)
    {
        using var scope = NewDisposeScope();
        var a = randn(aShape);
        var b = randn(bShape);
        var result = operation switch { 0 => a + b, 1 => a - b, 2 => a * b, _ => a / b };
        var shape = result.shape;
        var values = result.data<float>().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var left = At(a, shape, i);
            var right = At(b, shape, i);
            Assert.Equal(operation switch { 0 => left + right, 1 => left - right, 2 => left * right, _ => left / right }, values[i]);
        }
    }

    private static float At(Tensor tensor, long[] shape, long position)
    {
        var own = tensor.shape;
        long offset = 0, stride = 1;
        for (var i = 1; i <= shape.Length; i++)
        {
            var index = position % shape[^i];
            position /= shape[^i];
            if (i > own.Length)
                continue;
            offset += own[^i] == 1 ? 0 : index * stride;
            stride *= own[^i];
        }
        return tensor.data<float>().ToArray()[offset];
    }

    [Theory]
    [InlineData(new long[] { 5, 7 }, new long[] { 1, 0 })]
    [InlineData(new long[] { 2, 3, 4, 5 }, new long[] { 0, 2, 1, 3 })]
    [InlineData(new long[] { 2, 3, 4, 5 }, new long[] { 0, 1, 3, 2 })]
    [InlineData(new long[] { 2, 3, 4, 5 }, new long[] { 3, 2, 1, 0 })]
    [InlineData(new long[] { 2, 3, 4, 5 }, new long[] { 2, 3, 0, 1 })]
    [InlineData(new long[] { 2, 1, 4, 5 }, new long[] { 1, 2, 3, 0 })]
    [InlineData(new long[] { 2, 1, 4, 1, 3 }, new long[] { 2, 1, 0, 4, 3 })]
    [InlineData(new long[] { 1, 6, 1, 2 }, new long[] { 2, 1, 0, 3 })]
    public void PermuteMovesEachElement(long[] shape, long[] permutation)
    {
        var count = shape.Aggregate(1L, (a, b) => a * b);
        var floats = arange(count, ScalarType.Float32).view(shape).permute(permutation);
        var integers = arange(count).view(shape).permute(permutation);
        Assert.Equal(permutation.Select(dim => shape[dim]), floats.shape);
        var expected = new List<long>();
        Visit(0, 0);
        Assert.Equal(expected, integers.data<long>().ToArray());
        Assert.Equal(expected.Select(value => (float)value), floats.data<float>().ToArray());

        void Visit(int depth, long offset)
        {
            if (depth == shape.Length)
            {
                expected.Add(offset);
                return;
            }
            var dim = (int)permutation[depth];
            var stride = shape[(dim + 1)..].Aggregate(1L, (a, b) => a * b);
            for (var i = 0L; i < shape[dim]; i++)
                Visit(depth + 1, offset + i * stride);
        }
    }

    [Fact]
    public void ShapesFollowTheOperations()
    {
        var x = zeros(2, 3, 4);
        Assert.Equal([6, 4], x.view(-1, 4).shape);
        Assert.Equal([2, 12], x.flatten(1).shape);
        Assert.Equal([2, 3, 1, 4], x.unsqueeze(-2).shape);
        Assert.Equal([2, 3, 4], x.unsqueeze(0).squeeze(0).shape);
        Assert.Equal([2, 3, 4], x.unsqueeze(0).unsqueeze(-1).squeeze().shape);
        Assert.Equal([2, 4], x.sum(1).shape);
        Assert.Equal([2, 1, 1], x.mean([1, 2], keepdim: true).shape);
        Assert.Equal([], x.sum().shape);
        Assert.Equal([2, 3], x.argmax(-1).shape);
        Assert.Equal([[2, 3, 3], [2, 3, 1]], x.split(3, 2).Select(part => part.shape));
        Assert.Equal([[2, 2, 4], [2, 1, 4]], x.chunk(2, 1).Select(part => part.shape));
        Assert.Equal([2, 6, 4], cat([x, x], -2).shape);
        Assert.Equal([2, 3, 5], x.matmul(zeros(4, 5)).shape);
        Assert.Equal([4, 3], zeros(3, 4).t().shape);
        Assert.Equal(3, x.dim());
        Assert.Equal(4, x.size(-1));
        Assert.Equal(24, x.numel());
    }

    [Fact]
    public void MisfitsNameTheOperationAndTheShapes()
    {
        var x = zeros(2, 3);
        Says("add: shapes [2, 3] and [2] do not fit.", () => x + zeros(2));
        Says("matmul: shapes [2, 3] and [2, 3] do not fit.", () => x.matmul(x));
        Says("linear: shapes [2, 3] and [4, 2] do not fit.", () => nn.functional.linear(x, zeros(4, 2)));
        Says("view: shapes [2, 3] and [4, -1] do not fit.", () => x.view(4, -1));
        Says("cat: shapes [2, 3] and [2, 2] do not fit.", () => cat([x, zeros(2, 2)]));
        Says("narrow: 2 + 2 is outside dimension 1 of [2, 3].", () => x.narrow(1, 2, 2));
        Says("sum: dimension 2 does not exist in shape [2, 3].", () => x.sum(2));
        Says("copy_: shapes [2, 3] and [3, 2] do not fit.", () => x.copy_(zeros(3, 2)));
        Says("add_: shapes [2, 3] and [2, 2, 3] do not fit.", () => x.add_(zeros(2, 2, 3)));
        Says("mul: expected Float32 elements, got Int64.", () => x * arange(3));
        Says("tensor: 3 values do not fill shape [2, 2].", () => tensor([1f, 2, 3], [2, 2]));
        Says("embedding: index 2 is outside a table of shape [2, 3].", () => nn.functional.embedding(tensor([1L, 2]), x));
        Says("cross_entropy: target 3 is outside 3 classes.", () => nn.functional.cross_entropy(x, tensor([1L, 3])));
        Says("causal_attention: shapes [1, 3, 4, 2] and [1, 2, 4, 2] do not fit.", () =>
            Fused.causal_attention(zeros([1, 3, 4, 2]), zeros([1, 2, 4, 2]), zeros([1, 2, 4, 2]), 1));
        Says("item: shape [2, 3] has 6 elements.", () => x.item<float>());

        static void Says(string message, Func<object> operation) => Assert.Equal(message, Assert.Throws<ArgumentException>(operation).Message);
    }

    [Fact]
    public void ElementsAreReadAndWritten()
    {
        var x = tensor([1f, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal(6, x.data<float>()[1, 2]);
        x.data<float>()[0, 1] = 7;
        Assert.Equal([1f, 7, 3, 4, 5, 6], x.data<float>().ToArray());
        Assert.Equal([1f, 7, 3, 4, 5, 6], x.data<float>());
        Assert.Equal(BitConverter.GetBytes(7f), x.bytes[4..8].ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => x.data<float>()[0, 3]);
        Assert.Throws<ArgumentException>(() => x.data<long>());
        Assert.Equal([4f, 5, 6], x.narrow(0, 1, 1).data<float>().ToArray());
        Assert.Equal([1L, 2], tensor([1L, 2]).data<long>().ToArray());
        x.fill_(2).data<float>().CopyFrom([9f], tensorIndex: 5);
        Assert.Equal([2f, 2, 2, 2, 2, 9], x.data<float>().ToArray());
    }

    [Fact]
    public void ArgmaxTakesTheFirstOfEquals()
    {
        var x = tensor([1f, 3, 3, 5, 2, 5], [2, 3]);
        Assert.Equal([1L, 0], x.argmax(1).data<long>().ToArray());
        Assert.Equal([1L, 0, 1], x.argmax(0).data<long>().ToArray());
        Assert.Equal(3, x.argmax().item<long>());
    }

    [Fact]
    public void SoftmaxSumsToOneAndCrossEntropyAgreesWithIt()
    {
        var logits = tensor([1000f, 1001, 999, -3, 0, 2], [2, 3]);
        var p = logits.softmax(-1);
        Assert.All(p.sum(-1).data<float>(), sum => Assert.Equal(1, sum, 6));
        var target = tensor([2L, 0]);
        var expected = -(logits.log_softmax(-1).data<float>()[0, 2] + logits.log_softmax(-1).data<float>()[1, 0]) / 2;
        Assert.Equal(expected, nn.functional.cross_entropy(logits, target).item<float>(), 1e-4);
        Assert.Equal(-Math.Log(p.data<float>()[0, 2]), nn.functional.cross_entropy(logits, tensor([2L, -100])).item<float>(), 1e-4);
    }

    [Fact]
    public void LinearCrossEntropyGivesTheBitsOfItsTwoSteps()
    {
        // 5000 classes make slices of 209 rows: two whole ones and a rest.
        var generator = new Generator(3);
        var target = randint(0, 5000, [430], generator);
        target.data<long>()[7] = -100;
        var fused = (X: randn([430, 16], generator: generator).requires_grad_(), W: randn([5000, 16], generator: generator).requires_grad_());
        var steps = (X: fused.X.detach().clone().requires_grad_(), W: fused.W.detach().clone().requires_grad_());
        var fusedLoss = Fused.linear_cross_entropy(fused.X, fused.W, target);
        var stepsLoss = Fused.cross_entropy_with_logits(nn.functional.linear(steps.X, steps.W), target);
        fusedLoss.backward();
        stepsLoss.backward();
        Assert.Equal(stepsLoss.item<float>(), fusedLoss.item<float>());
        Assert.True(steps.X.grad!.bytes.SequenceEqual(fused.X.grad!.bytes));
        Assert.True(steps.W.grad!.bytes.SequenceEqual(fused.W.grad!.bytes));
        using (no_grad())
            Assert.Equal(stepsLoss.item<float>(), Fused.linear_cross_entropy(fused.X, fused.W, target).item<float>());
    }

    [Fact]
    public void AttentionAgreesWithItsComposition()
    {
        manual_seed(1);
        var (q, k, v) = (randn([2, 4, 9, 8]), randn([2, 2, 9, 8]), randn([2, 2, 9, 8]));
        var mask = zeros(9, 9);
        for (var i = 0; i < 81; i++)
            mask.data<float>()[i] = i % 9 > i / 9 ? -1e9f : 0;
        var composed = nn.functional.scaled_dot_product_attention(q, Repeated(k), Repeated(v), attn_mask: mask);
        var fused = Fused.causal_attention(q, k, v, 1 / Math.Sqrt(8));
        Assert.All(composed.data<float>().Zip(fused.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));

        // [b, 2, t, d] to [b, 4, t, d]: each head twice.
        static Tensor Repeated(Tensor x)
        {
            var heads = x.chunk(2, 1);
            return cat([heads[0], heads[0], heads[1], heads[1]], 1);
        }
    }
}
