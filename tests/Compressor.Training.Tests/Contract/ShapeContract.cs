using static Compressor.Training.Tests.Contract.ContractAssert;

namespace Compressor.Training.Tests.Contract;

public class ShapeContract
{
    [Fact]
    public void FactoriesGiveTypesAndShapes()
    {
        using var scope = torch.NewDisposeScope();
        Is(torch.zeros([2, 2]), [2, 2], 0f, 0, 0, 0);
        Is(torch.ones([3]), [3], 1f, 1, 1);
        Is(torch.full([2], 7.5f), [2], 7.5f, 7.5f);
        Is(torch.full([], 7.5f), [], 7.5f);
        Is(torch.arange(3), [3], 0L, 1, 2);
        Is(torch.arange(3, ScalarType.Float32), [3], 0f, 1, 2);
        Is(torch.tensor([1L, 2]), [2], 1L, 2);
        Is(torch.tensor([1f, 2, 3, 4], [2, 2]), [2, 2], 1f, 2, 3, 4);
        Is(torch.zeros_like(torch.tensor([1L, 2])), [2], 0L, 0);
        Assert.Equal(ScalarType.Float32, torch.zeros([1]).dtype);
    }

    [Fact]
    public void ViewsShareElements()
    {
        using var scope = torch.NewDisposeScope();
        var x = Counting(2, 3);
        var view = x.view(3, -1);
        Assert.Equal([3L, 2], view.shape);
        x.fill_(9);
        Is(view, [3, 2], 9f, 9, 9, 9, 9, 9);
        Is(x.unsqueeze(1), [2, 1, 3], 9f, 9, 9, 9, 9, 9);
        Assert.Equal([2L, 3], x.unsqueeze(0).squeeze(0).shape);
        Assert.Equal([6L], x.flatten().shape);
    }

    [Fact]
    public void DimensionsAreMoved()
    {
        using var scope = torch.NewDisposeScope();
        Is(Counting(2, 3).t(), [3, 2], 0f, 3, 1, 4, 2, 5);
        Is(Counting(2, 3).transpose(0, 1), [3, 2], 0f, 3, 1, 4, 2, 5);
        Is(Counting(2, 1, 3).permute(2, 1, 0), [3, 1, 2], 0f, 3, 1, 4, 2, 5);
        Is(Counting(1, 2, 2, 2).transpose(1, 2).reshape(1, 2, 4), [1, 2, 4], 0f, 1, 4, 5, 2, 3, 6, 7);
        Is(Counting(1, 2, 2, 2).transpose(-1, -2).contiguous().view(8), [8], 0f, 2, 1, 3, 4, 6, 5, 7);
    }

    [Fact]
    public void PartsAreCutAndJoined()
    {
        using var scope = torch.NewDisposeScope();
        var x = Counting(2, 4);
        Is(x.narrow(-1, 1, 2), [2, 2], 1f, 2, 5, 6);
        Is(x.narrow(0, 1, 1), [1, 4], 4f, 5, 6, 7);
        Is(torch.cat([x.narrow(1, 3, 1), x.narrow(1, 0, 1)], -1), [2, 2], 3f, 0, 7, 4);
        Is(torch.cat([x, x.narrow(0, 0, 1)], 0).narrow(0, 2, 1), [1, 4], 0f, 1, 2, 3);
        Assert.Equal([3L, 1], x.split(3, 1).Select(part => part.shape[1]));
        Assert.Equal([2L, 2], x.chunk(2, 1).Select(part => part.shape[1]));
    }

    [Fact]
    public void IndicesSelectAndOverwrite()
    {
        using var scope = torch.NewDisposeScope();
        var x = Counting(2, 3);
        Is(x.index_select(1, torch.tensor([2L, 0, 2])), [2, 3], 2f, 0, 2, 5, 3, 5);
        Is(Counting(4).index_select(0, torch.tensor([3L])), [1], 3f);
        x.index_copy_(1, torch.tensor([2L, 0]), torch.tensor([10f, 20, 30, 40], [2, 2]));
        Is(x, [2, 3], 20f, 1, 10, 40, 4, 30);
        var y = torch.zeros([1, 3, 2]);
        y.index_copy_(1, torch.tensor([1L]), Counting(1, 2, 1).transpose(1, 2));
        Is(y, [1, 3, 2], 0f, 0, 0, 1, 0, 0);
    }
}
