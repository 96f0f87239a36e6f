using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Tests;

public sealed class AutogradTests
{
    [Fact]
    public void GradientsAddUpUntilZeroed()
    {
        var x = tensor([1f, 2, 3], requires_grad: true);
        x.square().sum().backward();
        var seen = x.grad!;
        x.sum().backward();
        Assert.Equal([3f, 5, 7], x.grad!.data<float>().ToArray());
        Assert.Equal([3f, 5, 7], seen.data<float>().ToArray());
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void TwoPathsMayShareOneGradient()
    {
        var x = tensor([1f, 2], requires_grad: true);
        var y = tensor([3f, 4], requires_grad: true);
        (x + y + y).sum().backward();
        (x * 2).sum().backward();
        Assert.Equal([3f, 3], x.grad!.data<float>().ToArray());
        Assert.Equal([2f, 2], y.grad!.data<float>().ToArray());
    }

    [Fact]
    public void ResidualPathsAddUp()
    {
        var x = tensor([1f, -2], requires_grad: true);
        var h = x * 1;
        for (var i = 0; i < 3; i++)
            h += h.relu();
        h.backward(tensor([1f, 10]));
        Assert.Equal([8f, 10], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void BackwardOnALeafGivesItTheGradient()
    {
        var x = tensor(3f, requires_grad: true);
        x.backward();
        Assert.Equal(1, x.grad!.item<float>());
    }

    [Fact]
    public void NothingIsRecordedWithoutNeed()
    {
        var x = tensor([1f], requires_grad: true);
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
                Assert.True((x * 2).requires_grad);
        }
        Assert.True(is_grad_enabled());
        Assert.False(x.detach().requires_grad);
        Assert.True((x * 2).requires_grad);
        Assert.False((x * 2).is_leaf);
    }

    [Fact]
    public void TheGraphRunsOnce()
    {
        var x = tensor([1f], requires_grad: true);
        var y = x * x;
        var z = y.sum();
        z.backward();
        Assert.Throws<InvalidOperationException>(z.backward);
        Assert.Throws<InvalidOperationException>(y.sum().backward);
    }

    [Fact]
    public void BackwardNeedsAGraphAndOneElement()
    {
        Assert.Throws<InvalidOperationException>(tensor([1f]).backward);
        Assert.Throws<InvalidOperationException>((tensor([1f, 2], requires_grad: true) * 2).backward);
    }

    [Fact]
    public void AChangedOperandIsNoticed()
    {
        var x = tensor([1f], requires_grad: true);
        var factor = tensor([2f]);
        var y = (x * factor).sum();
        factor.add_(1);
        Assert.Throws<InvalidOperationException>(y.backward);
    }

    [Fact]
    public void InPlaceChangesOfRecordedTensorsNeedNoGrad()
    {
        var x = tensor([1f], requires_grad: true);
        Assert.Throws<InvalidOperationException>(() => x.add_(1));
        Assert.Throws<InvalidOperationException>(() => tensor([1f]).add_(x));
        using (no_grad())
            x.add_(1).mul_(3).sub_(tensor([1f]));
        Assert.Equal(5, x.item<float>());
    }

    [Fact]
    public void OperandsMayBeDisposedBeforeBackward()
    {
        var x = tensor([3f], requires_grad: true);
        Tensor z;
        using (var y = x * 2)
            z = y.square();
        z.backward();
        Assert.Equal(24, x.grad!.item<float>());
    }

    [Fact]
    public void CrossEntropyLeavesVisibleLogitsAlone()
    {
        var logits = randn([3, 4]).requires_grad_();
        var before = logits.data<float>().ToArray();
        nn.functional.cross_entropy(logits, tensor([0, 1, 2])).backward();
        Assert.Equal(before, logits.data<float>().ToArray());
    }
}
