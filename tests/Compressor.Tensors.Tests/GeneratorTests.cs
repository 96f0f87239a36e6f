using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Tests;

public sealed class GeneratorTests
{
    [Fact]
    public void TheSameSeedGivesTheSameNumbers()
    {
        var first = randn([5], generator: new Generator(4)).data<float>().ToArray();
        var second = randn([5], generator: new Generator(0).manual_seed(4)).data<float>().ToArray();
        var other = randn([5], generator: new Generator(5)).data<float>().ToArray();
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void NumbersArePinned()
    {
        // A change here changes every model trained from a seed.
        var generator = new Generator(1);
        Assert.Equal(0xb3f2af6d0fc710c5, generator.NextBits());
        Assert.Equal(0x3f053b55, BitConverter.SingleToInt32Bits(generator.NextUniform()));
        Assert.Equal(unchecked((int)0xbf55c600), BitConverter.SingleToInt32Bits(generator.NextNormal()));
    }

    [Fact]
    public void MomentsAreRight()
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(11);
        var normal = randn([200_000], generator: generator);
        Assert.Equal(0, normal.mean().item<float>(), 0.01);
        Assert.Equal(1, normal.square().mean().item<float>(), 0.01);
        Assert.Equal(0, normal.pow(3).mean().item<float>(), 0.03);
        Assert.Equal(2.9, normal.pow(4).mean().item<float>(), 0.05);
        var uniform = rand([200_000], generator: generator);
        Assert.Equal(0.5, uniform.mean().item<float>(), 0.005);
        Assert.Equal(1.0 / 3, uniform.square().mean().item<float>(), 0.005);
        Assert.All(uniform.data<float>().ToArray(), value => Assert.InRange(value, 0, 0.9999999f));
        var dice = randint(1, 7, [60_000], generator).data<long>().ToArray();
        Assert.All(Enumerable.Range(1, 6), face => Assert.InRange(dice.Count(value => value == face), 9_600, 10_400));
    }
}
