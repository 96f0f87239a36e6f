using Compressor.Training.Engine;
using static Compressor.Training.Tests.Contract.ContractAssert;

namespace Compressor.Training.Tests.Contract;

public class ArithmeticContract
{
    [Fact]
    public void ShapesAreBroadcast()
    {
        using var scope = torch.NewDisposeScope();
        var x = Counting(2, 3);
        Is(x + Counting(3), [2, 3], 0f, 2, 4, 3, 5, 7);
        Is(x * Counting(2, 1), [2, 3], 0f, 0, 0, 3, 4, 5);
        Is(Counting(2, 1) - Counting(1, 2), [2, 2], 0f, -1, 1, 0);
        Is(torch.ones([2, 1, 2]) / torch.full([2, 1], 4f), [2, 2, 2], 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f);
        Is(x + torch.tensor(1f), [2, 3], 1f, 2, 3, 4, 5, 6);
        Assert.ThrowsAny<Exception>(() => x + Counting(2));
    }

    [Fact]
    public void NumbersAreOperands()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor([1f, -2, 4]);
        Is(x + 1, [3], 2f, -1, 5);
        Is(x - 0.5, [3], 0.5f, -2.5f, 3.5f);
        Is(1 - x, [3], 0f, 3, -3);
        Is(x * 2f, [3], 2f, -4, 8);
        Is(x / 2, [3], 0.5f, -1, 2);
        Is(-x, [3], -1f, 2, -4);
        Is(1f / x, [3], 1f, -0.5f, 0.25f);
    }

    [Fact]
    public void SingleOperationsAreCorrectlyRounded()
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(6);
        float[] a = Numbers(random), b = Numbers(random);
        Tensor x = torch.tensor(a), y = torch.tensor(b);
        Assert.Equal(a.Zip(b, (p, q) => p + q), Floats(x + y));
        Assert.Equal(a.Zip(b, (p, q) => p - q), Floats(x - y));
        Assert.Equal(a.Zip(b, (p, q) => p * q), Floats(x * y));
        Assert.Equal(a.Zip(b, (p, q) => p / q), Floats(x / y));
        Assert.Equal(a.Select(p => p * 1.44269504f), Floats(x * 1.44269504f));
        Assert.Equal(a.Select(p => p + 0.69314718f), Floats(x + 0.69314718f));
        Assert.Equal(a.Select(p => MathF.Sqrt(MathF.Abs(p))), Floats(ExactRoot.Of(x.abs()))); // libtorch's own root is not
        Assert.Equal(a.Zip(b, (p, q) => p * q + p), Floats(x * y + x)); // two roundings: no fused multiply-add
    }

    [Fact]
    public void RoundingGoesToEven()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor([-2.5f, -1.5f, -0.25f, 0.5f, 1.5f, 2.5f, 3.75f]);
        Is(x.round(), [7], -2f, -2, -0f, 0, 2, 2, 4);
        Is(x.floor(), [7], -3f, -2, -1, 0, 1, 2, 3);
        Is(x.abs(), [7], 2.5f, 1.5f, 0.25f, 0.5f, 1.5f, 2.5f, 3.75f);
        Is(x.clamp_min(0.5f), [7], 0.5f, 0.5f, 0.5f, 0.5f, 1.5f, 2.5f, 3.75f);
        Is(x.threshold(1.5f, float.PositiveInfinity).narrow(0, 4, 3), [3], float.PositiveInfinity, 2.5f, 3.75f);
        Is(x.to_type(ScalarType.Int64), [7], -2L, -1, 0, 0, 1, 2, 3);
        Is(torch.tensor([3L]).to_type(ScalarType.Float32), [1], 3f);
    }

    [Fact]
    public void FunctionsAreElementwise()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor([-1f, 0.25f, 4]);
        Is(x.relu(), [3], 0f, 0.25f, 4);
        Is(nn.functional.relu(x), [3], 0f, 0.25f, 4);
        Is(x.square(), [3], 1f, 0.0625f, 16);
        Is(x.pow(3), [3], -1f, 0.015625f, 64);
        var positive = x.narrow(0, 1, 2);
        IsNear(positive.rsqrt(), 2, 0.5);
        IsNear(positive.exp(), Math.Exp(0.25), Math.Exp(4));
        IsNear(positive.log(), Math.Log(0.25), Math.Log(4));
        IsNear(x.norm(), Math.Sqrt(1 + 0.0625 + 16));
    }

    [Fact]
    public void ReductionsKeepOrDropDimensions()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor([1f, 5, 2, 4, 3, 3], [2, 3]);
        Is(x.sum(), [], 18f);
        Is(x.sum(0, keepdim: false), [3], 5f, 8, 5); // sum(0) alone would be another overload in TorchSharp
        Is(x.sum(-1, keepdim: true), [2, 1], 8f, 10);
        Is(x.mean([0, 1], keepdim: true), [1, 1], 3f);
        Is(x.amax([-1], keepdim: true), [2, 1], 5f, 4);
        Is(x.argmax(1), [2], 1L, 0);
        IsNear(torch.tensor([1f, 3]).softmax(-1), 1 / (1 + Math.Exp(2)), 1 / (1 + Math.Exp(-2)));
        IsNear(torch.tensor([1f, 3]).log_softmax(-1), -Math.Log(1 + Math.Exp(2)), -Math.Log(1 + Math.Exp(-2)));
    }

    [Fact]
    public void ProductsAreMatrixProducts()
    {
        using var scope = torch.NewDisposeScope();
        Is(Counting(2, 3).matmul(Counting(3, 2)), [2, 2], 10f, 13, 28, 40);
        Is(Counting(2, 3).mm(Counting(3, 1)), [2, 1], 5f, 14);
        Is(Counting(2, 1, 2).matmul(Counting(2, 2, 1)), [2, 1, 1], 1f, 13);
        Is(Counting(1, 2, 1, 2).matmul(Counting(1, 2, 2, 1)), [1, 2, 1, 1], 1f, 13);
        Is(Counting(2, 1, 2).matmul(Counting(2, 1)), [2, 1, 1], 1f, 3);
        Is(nn.functional.linear(Counting(2, 2), Counting(3, 2)), [2, 3], 1f, 3, 5, 3, 13, 23);
    }

    [Fact]
    public void InPlaceOperationsChangeTheirTensor()
    {
        using var scope = torch.NewDisposeScope();
        var x = Counting(3);
        Is(x.add_(1), [3], 1f, 2, 3);
        x.add_(torch.ones([3]), 2).mul_(torch.tensor([1f, 2, 3])).sub_(torch.ones([3]));
        Is(x, [3], 2f, 7, 14);
        x.mul_(0.5f).sub_(1);
        Is(x, [3], 0f, 2.5f, 6);
        x.copy_(torch.ones([3]));
        Is(x, [3], 1f, 1, 1);
        x.zero_();
        Is(x, [3], 0f, 0, 0);
    }

    [Fact]
    public void CompoundAssignmentMakesANewTensor()
    {
        using var scope = torch.NewDisposeScope();
        var x = Counting(2);
        var before = x;
        x += torch.ones([2]);
        Is(before, [2], 0f, 1);
        Is(x, [2], 1f, 2);
    }

    [Fact]
    public void SeedsRepeatRandomNumbers()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(5);
        float[] first = Floats(torch.randn([1000]));
        torch.manual_seed(5);
        Assert.Equal(first, Floats(torch.randn([1000])));
        Assert.NotEqual(first, Floats(torch.randn([1000])));
        Assert.InRange(first.Average(), -0.15, 0.15);
        Assert.InRange(Math.Sqrt(first.Average(v => v * v)), 0.9, 1.1);
        var x = torch.zeros([1000]);
        nn.init.normal_(x, 3, 0.5);
        Assert.InRange(Floats(x).Average(), 2.9, 3.1);
        nn.init.zeros_(x);
        Assert.All(Floats(x), v => Assert.Equal(0, v));
    }

    private static float[] Numbers(Random random) =>
        [.. Enumerable.Range(0, 4099).Select(_ => (random.NextSingle() - 0.5f) * MathF.ScaleB(1, random.Next(-20, 21)))];
}
