using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Tests;

public sealed class MemoryTests
{
    public MemoryTests()
    {
        // What other tests abandoned comes back now, not in the middle of a count.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public void AScopeFreesWhatWasMadeInIt()
    {
        var before = StoragePool.BlocksInUse;
        Tensor inner, kept, detached;
        using (var outer = NewDisposeScope())
        {
            using (var scope = NewDisposeScope())
            {
                inner = zeros(10);
                kept = (inner + 1).MoveToOuterDisposeScope();
                detached = scope.Detach(inner + 2);
                Assert.Equal(1, scope.DisposablesCount);
            }
            Assert.True(inner.IsInvalid);
            Assert.Equal(10, kept.sum().item<float>());
            Assert.True(outer.Contains(kept));
        }
        Assert.True(kept.IsInvalid);
        Assert.Equal(20, detached.sum().item<float>());
        Assert.False(detached.IsInvalid);
        detached.Dispose();
        Assert.Throws<ObjectDisposedException>(() => inner + 1);
        Assert.Throws<ObjectDisposedException>(() => inner.data<float>());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before, StoragePool.BlocksInUse);
    }

    [Fact]
    public void ViewsKeepTheirElements()
    {
        var before = StoragePool.BlocksInUse;
        var x = zeros(2, 3);
        var view = x.view(6);
        x.Dispose();
        view.add_(1);
        Assert.Equal(1, view.data<float>()[5]);
        Assert.Equal(before + 1, StoragePool.BlocksInUse);
        view.Dispose();
        view.Dispose();
        Assert.Equal(before, StoragePool.BlocksInUse);
    }

    [Fact]
    public void AnAbandonedGraphGivesItsMemoryBack()
    {
        using var x = randn([1000]).requires_grad_();
        var before = StoragePool.BlocksInUse;
        using (NewDisposeScope())
        {
            var y = x;
            for (var i = 0; i < 5; i++)
                y = (y * y).exp();
        }
        Assert.Equal(before, StoragePool.BlocksInUse);
    }

    [Fact]
    public void AbandonedTensorsComeBackByThemselves()
    {
        var before = StoragePool.BlocksInUse;
        Abandon();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before, StoragePool.BlocksInUse);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Abandon() => zeros(100).requires_grad_().square().sum().backward();
    }

    [Fact]
    public void ATrainingStepInSteadyStateAllocatesNothing()
    {
        using var everything = NewDisposeScope();
        var sizes = Probe.TinySizes.Smallest;
        using var model = new Probe.TinyTransformer(sizes);
        using var optimizer = optim.AdamW(model.parameters());
        for (var i = 0; i < 3; i++)
            Probe.TrainingFingerprint.Step(model, optimizer, sizes);
        var system = StoragePool.SystemAllocations;
        var blocks = StoragePool.BlocksInUse;
        var managed = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 3; i++)
            Probe.TrainingFingerprint.Step(model, optimizer, sizes);
        Assert.Equal(system, StoragePool.SystemAllocations);
        Assert.Equal(blocks, StoragePool.BlocksInUse);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - managed) / 3, 0, 64 * 1024);
    }
}
