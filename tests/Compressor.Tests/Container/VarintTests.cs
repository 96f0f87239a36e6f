using System.Buffers;
using Compressor.Container;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests.Container;

public class VarintTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "01")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(300, "AC02")]
    [InlineData(1 << 24, "80808008")]
    [InlineData(long.MaxValue, "FFFFFFFFFFFFFFFF7F")]
    public void HasTheseBytes(long value, string bytes)
    {
        Assert.Equal(bytes, Convert.ToHexString(Write(value)));
        Assert.Equal(bytes.Length / 2, Varint.Read([.. Write(value), 0xFF], out var read));
        Assert.Equal(value, read);
    }

    [Fact]
    public void AnyNumberRoundTrips() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>().Filter(value => value >= 0), value =>
        {
            for (var shift = 0; shift < 63; shift++)
            {
                Varint.Read(Write(value >> shift), out var read);
                Assert.Equal(value >> shift, read);
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", OperationStatus.NeedMoreData)]
    [InlineData("80", OperationStatus.NeedMoreData)]
    [InlineData("FFFF", OperationStatus.NeedMoreData)]
    [InlineData("8000", OperationStatus.InvalidData)]
    [InlineData("FF00", OperationStatus.InvalidData)]
    [InlineData("808080808080808000", OperationStatus.InvalidData)]
    [InlineData("FFFFFFFFFFFFFFFFFF01", OperationStatus.InvalidData)]
    [InlineData("80808080808080808001", OperationStatus.InvalidData)]
    public void OtherFormsAreRefused(string bytes, OperationStatus expected)
    {
        Assert.Equal(expected, Varint.TryRead(Convert.FromHexString(bytes), out _, out _));
        Assert.Throws<InvalidDataException>(() => Varint.Read(Convert.FromHexString(bytes), out _));
    }

    private static byte[] Write(long value)
    {
        var bytes = new List<byte>();
        Varint.Write(bytes, value);
        return [.. bytes];
    }
}
