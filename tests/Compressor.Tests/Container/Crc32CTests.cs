using Compressor.Container;

namespace Compressor.Tests.Container;

public class Crc32CTests
{
    /// <summary>From RFC 3720, B.4, and the check value of the CRC catalogue.</summary>
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("313233343536373839", 0xE3069283u)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AAu)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43u)]
    public void HasKnownValues(string hex, uint value) => Assert.Equal(value, Of([Convert.FromHexString(hex)]));

    [Fact]
    public void PartsMakeTheWhole()
    {
        var data = SampleBytes.Random(100);
        for (var cut = 0; cut <= data.Length; cut++)
            Assert.Equal(Of([data]), Of([data[..cut], data[cut..]]));
        Assert.Equal(Of([[0x78, 0x56, 0x34, 0x12]]), OfNumber(0x12345678));
    }

    private static uint Of(byte[][] parts)
    {
        var check = new Crc32C();
        foreach (var part in parts)
            check.Append(part);
        return check.Value;
    }

    private static uint OfNumber(uint value)
    {
        var check = new Crc32C();
        check.Append(value);
        return check.Value;
    }
}
