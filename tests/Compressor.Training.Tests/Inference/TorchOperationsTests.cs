using Compressor.Training.Inference;

namespace Compressor.Training.Tests.Inference;

/// <summary>
/// The operations whose exact results the engine relies on: libtorch promises none of this, and another version or processor may
/// have other kernels.
/// </summary>
public class TorchOperationsTests
{
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
    public void OperandsAreBroadcastWithoutOtherRounding()
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(7);
        float[] a = Numbers(random)[..(64 * 63)], rows = Numbers(random)[..64], columns = Numbers(random)[..63];
        var x = torch.tensor(a).view(64, 63);
        Assert.Equal(a.Select((p, i) => p * rows[i / 63]), Floats(x * torch.tensor(rows).view(64, 1)));
        Assert.Equal(a.Select((p, i) => p / columns[i % 63]), Floats(x / torch.tensor(columns)));
        Assert.Equal(a.Select((p, i) => p + columns[i % 63]), Floats(x + torch.tensor(columns)));
    }

    [Fact]
    public void RoundingGoesToEven()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor([-2.5f, -1.5f, -0.25f, 0.5f, 1.5f, 2.5f, 3.75f]);
        Assert.Equal([-2f, -2, -0f, 0, 2, 2, 4], Floats(x.round()));
        Assert.Equal([-3f, -2, -1, 0, 1, 2, 3], Floats(x.floor()));
        Assert.Equal([2.5f, 1.5f, 0.25f, 0.5f, 1.5f, 2.5f, 3.75f], Floats(x.abs()));
        Assert.Equal([0.5f, 0.5f, 0.5f, 0.5f, 1.5f, 2.5f, 3.75f], Floats(x.clamp_min(0.5f)));
        Assert.Equal([0, 0, 0, 0.5f, 1.5f, 2.5f, 3.75f], Floats(x.relu()));
        Assert.Equal([float.PositiveInfinity, 2.5f, 3.75f], Floats(x.threshold(1.5f, float.PositiveInfinity).narrow(0, 4, 3)));
        Assert.Equal([-2L, -1, 0, 0, 1, 2, 3], x.to_type(ScalarType.Int64).data<long>().ToArray());
    }

    [Theory]
    [InlineData(1, 1024, 7)]
    [InlineData(33, 1024, 640)]
    [InlineData(256, 512, 65)]
    public void ProductsOfWholeNumbersWithin24BitsAreExact(int m, int k, int n)
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(8);
        float[] a = Whole(m * k), b = Whole(k * n);
        var wanted = new float[m * n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
                wanted[i * n + j] = Enumerable.Range(0, k).Sum(l => (int)a[i * k + l] * (int)b[l * n + j]);
        }

        var (left, right) = (torch.tensor(a).view(m, k), torch.tensor(b).view(k, n));
        Assert.Equal(wanted, Floats(left.matmul(right)));
        Assert.Equal(wanted, Floats(left.matmul(right.t().contiguous().t()))); // transposed, as keys are
        Assert.Equal(wanted.Concat(wanted), Floats(torch.stack([left, left]).matmul(torch.stack([right, right]))));

        float[] Whole(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-127, 128))];
    }

    [Fact]
    public void SumsAndMaximaOfWholeNumbersAreExact()
    {
        using var scope = torch.NewDisposeScope();
        var random = new Random(9);
        float[] values = [.. Enumerable.Range(0, 5 * 1037).Select(_ => (float)random.Next(0, 127 * 127))];
        var x = torch.tensor(values).view(5, 1037);
        Assert.Equal(values.Chunk(1037).Select(row => (float)row.Sum(v => (int)v)), Floats(x.sum(-1, keepdim: true)));
        Assert.Equal(values.Chunk(1037).Select(row => row.Max()), Floats(x.amax([-1], keepdim: true)));
    }

    [Fact]
    public void RowsAreCopiedToWhereTheirIndicesSay()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor([1f, 2, 3, 4, 5, 6]).view(3, 2);
        var slots = torch.tensor([2L, 0]);
        Assert.Equal([5f, 6, 1, 2], Floats(x.index_select(0, slots)));
        x.index_copy_(0, slots, torch.tensor([7f, 8, 9, 10]).view(2, 2));
        Assert.Equal([9f, 10, 3, 4, 7, 8], Floats(x));
    }

    private static float[] Floats(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static float[] Numbers(Random random) =>
        [.. Enumerable.Range(0, 4099).Select(_ => (random.NextSingle() - 0.5f) * MathF.ScaleB(1, random.Next(-20, 21)))];
}
