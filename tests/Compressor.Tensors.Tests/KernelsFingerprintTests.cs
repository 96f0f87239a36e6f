namespace Compressor.Tensors.Tests;

public class KernelsFingerprintTests
{
    [Fact]
    public void TheFingerprintDoesNotDependOnTheThreadCount()
    {
        string one = "", two = "";
        KernelThreads.With(1, () => one = KernelFingerprint.Compute());
        KernelThreads.With(2, () => two = KernelFingerprint.Compute());
        Assert.Equal(one, two);
    }
}
