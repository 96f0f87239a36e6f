using static Compressor.Training.Tests.Contract.ContractAssert;

namespace Compressor.Training.Tests.Contract;

public class GradientContract
{
    [Fact]
    public void GradientsAccumulateInLeaves()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor([1f, 2, 3], requires_grad: true);
        (x * x).sum().backward();
        IsNear(x.grad!, 2, 4, 6);
        (x * 2).sum().backward();
        IsNear(x.grad!, 4, 6, 8);
        Assert.True(x.is_leaf);
        Assert.False((x * 2).is_leaf);
    }

    [Fact]
    public void BroadcastOperandsGetSums()
    {
        using var scope = torch.NewDisposeScope();
        var x = Counting(2, 3).requires_grad_();
        var row = torch.tensor([1f, 2, 3], requires_grad: true);
        var column = torch.tensor([1f, 2], [2, 1], requires_grad: true);
        (x * row / column).sum().backward();
        IsNear(x.grad!, 1, 2, 3, 0.5, 1, 1.5);
        IsNear(row.grad!, 1.5, 3, 4.5);
        IsNear(column.grad!, -8, -26.0 / 4);
    }

    [Fact]
    public void FunctionsAreDifferentiated()
    {
        using var scope = torch.NewDisposeScope();
        Check(x => x.relu().square(), [-1, 0.5, 2], [0, 1, 4]);
        Check(x => x.square(), [-1, 3], [-2, 6]);
        Check(x => x.pow(3), [-1, 2], [3, 12]);
        Check(x => x.sqrt(), [4, 0.25], [0.25, 1]);
        Check(x => x.rsqrt(), [4, 0.25], [-1.0 / 16, -4]);
        Check(x => x.exp(), [0, 1], [1, Math.E]);
        Check(x => x.log(), [2, 0.5], [0.5, 2]);
        Check(x => x.view(2, 1).transpose(0, 1).narrow(1, 1, 1) * 3, [1, 2], [0, 3]);
        Check(x => torch.cat([x * 2, x * 3], 0), [1, 2], [5, 5]);
        Check(x => x.mean([0], keepdim: true) * x, [1, 3], [4, 4]);
        Check(x => x.softmax(-1) * torch.tensor([1f, 0]), [0, 0], [0.25, -0.25]);

        static void Check(Func<Tensor, Tensor> function, double[] at, double[] derivatives)
        {
            var x = torch.tensor([.. at.Select(v => (float)v)], requires_grad: true);
            function(x).sum().backward();
            IsNear(x.grad!, derivatives);
        }
    }

    [Fact]
    public void ProductsAreDifferentiated()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.tensor([1f, 2, 3, 4], [2, 2], requires_grad: true);
        var b = torch.tensor([5f, 6, 7, 8], [2, 2], requires_grad: true);
        a.matmul(b).sum().backward();
        IsNear(a.grad!, 11, 15, 11, 15);
        IsNear(b.grad!, 4, 4, 6, 6);
        var weight = torch.tensor([1f, 0, 2, 1], [2, 2], requires_grad: true);
        nn.functional.linear(a.detach(), weight).sum().backward();
        IsNear(weight.grad!, 4, 6, 4, 6);
    }

    [Fact]
    public void CrossEntropyIsAMeanOverRowsThatCount()
    {
        using var scope = torch.NewDisposeScope();
        var logits = torch.tensor([0f, 0, 1, 3, 5, 5], [3, 2], requires_grad: true);
        var loss = nn.functional.cross_entropy(logits, torch.tensor([0L, 1, -100]));
        Assert.Equal((Math.Log(2) + Math.Log(1 + Math.Exp(-2))) / 2, loss.item<float>(), 1e-5);
        loss.backward();
        double p = 1 / (1 + Math.Exp(2));
        IsNear(logits.grad!, -0.25, 0.25, p / 2, -p / 2, 0, 0);
    }

    [Fact]
    public void NothingIsRecordedUnderNoGrad()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor([1f, 2], requires_grad: true);
        using (torch.no_grad())
        {
            Assert.False(torch.is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            x.add_(1); // a leaf may be changed in place here, and only here
        }

        Assert.True(torch.is_grad_enabled());
        Is(x.detach(), [2], 2f, 3);
        Assert.True((x * 2).requires_grad);
        Assert.False(x.detach().requires_grad);
        Assert.ThrowsAny<Exception>(() => x.add_(1));
    }

    [Fact]
    public void CausalAttentionIsItsComposition()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        const int Length = 5, Size = 4;
        var (q, k, v) = (Random(), Random(), Random());
        var fused = nn.functional.scaled_dot_product_attention(q, k, v, is_casual: true);
        var mask = new float[Length * Length];
        for (int i = 0; i < mask.Length; i++)
            mask[i] = i % Length > i / Length ? -1e9f : 0;
        var (q2, k2, v2) = (Leaf(q), Leaf(k), Leaf(v));
        var composed = (q2.matmul(k2.transpose(-2, -1)) * (1 / Math.Sqrt(Size)) + torch.tensor(mask).view(Length, Length)).softmax(-1).matmul(v2);
        IsNear(fused.detach(), Doubles(composed.detach()));
        var weights = torch.randn([2, 3, Length, Size]);
        (fused * weights).sum().backward();
        (composed * weights).sum().backward();
        IsNear(q.grad!, Doubles(q2.grad!));
        IsNear(k.grad!, Doubles(k2.grad!));
        IsNear(v.grad!, Doubles(v2.grad!));

        static Tensor Random() => torch.randn([2, 3, Length, Size]).requires_grad_();
        static Tensor Leaf(Tensor x) => x.detach().clone().requires_grad_();
        static double[] Doubles(Tensor x) => [.. Floats(x).Select(f => (double)f)];
    }
}
