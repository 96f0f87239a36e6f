using Compressor.RangeCoding;
using FsCheck;
using FsCheck.Fluent;
using Interval = Compressor.RangeCoding.Interval;

namespace Compressor.Tests.RangeCoding;

public class RangeCoderTests
{
    private const uint Half = Interval.Total / 2;

    /// <summary>Widths of the symbols of a distribution, from certain to most skewed.</summary>
    public static TheoryData<string, uint[]> Distributions { get; } = new()
    {
        { "certain", [Interval.Total] },
        { "even", [Half, Half] },
        { "thirds", [Interval.Total / 3, Interval.Total / 3, Interval.Total / 3] },
        { "rare first", [1, Interval.Total - 1] },
        { "rare last", [Interval.Total - 1, 1] },
        { "rare in the middle", [Half - 1, 1, Half] },
        { "geometric", [.. Enumerable.Range(1, 29).Select(i => Interval.Total >> i)] },
        { "uniform bytes", [.. Enumerable.Repeat(Interval.Total / 256, 256)] },
        { "uniform 4096", [.. Enumerable.Repeat(Interval.Total / 4096, 4096)] },
        { "odd widths", [.. Enumerable.Range(1, 999).Select(i => (uint)(i * 2147))] },
        { "gaps between", [5, 1000003, 70, 999999937] },
    };

    [Theory]
    [MemberData(nameof(Distributions))]
    public void LengthIsIdeal(string name, uint[] widths)
    {
        foreach (var count in new[] { 0, 1, 2, 10, 20, 1000, 20000 })
        {
            var message = Draw(widths, count, seed: count + name.Length);
            var payload = Encode(message);
            var ideal = message.Sum(interval => Interval.PrecisionBits - Math.Log2(interval.Width)) / 8;
            Assert.InRange(payload.Length, Math.Floor(ideal), Math.Ceiling((ideal * 1.0001) + 1));
            AssertDecodes(message, payload);
        }
    }

    [Fact]
    public void TinyMessagesAreTiny()
    {
        Assert.Empty(Encode([]));
        Assert.Empty(Encode([new(0, 1 << 20)]).SkipWhile(value => value == 0));
        Assert.Equal([0x80], Encode([new(Half, Half)]));
        Assert.Equal([0x60], Encode([new(0, Half), new(Half, Half), new(Half, Half)]));
        Assert.Equal(4, Encode([new(1, 1)]).Length);
        Assert.Equal([0xFF, 0xFF, 0xFF, 0xFC], Encode([new(Interval.Total - 1, 1)]));
    }

    [Fact]
    public void AnyMessageRoundTrips() =>
        Prop.ForAll(Arb.From(Messages), message => AssertDecodes(message, Encode(message)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(300));

    [Fact]
    public void CarriesRunThroughLongRunsOf255()
    {
        // The rarest symbol at the very top brings low close to 2^64; certain ones keep it there, and the bytes that
        // leave are 255s. Then a symbol in the upper part passes 2^64.
        var random = new Random(3);
        var longest = 0;
        for (var round = 0; round < 300; round++)
        {
            var message = new List<Interval> { new(Half - 1, 1) };
            for (var i = random.Next(40); i > 0; i--)
                message.Add(new(Interval.Total - 1 - (uint)random.Next(2), 1));
            for (var i = random.Next(4); i > 0; i--)
                message.Add(Any(random));
            var payload = Encode(message);
            longest = Math.Max(longest, LongestRun(payload, 0xFF));
            AssertDecodes(message, payload);
        }

        Assert.InRange(longest, 20, int.MaxValue);
    }

    [Fact]
    public void CarryAtEveryLength()
    {
        // The payload's number is steered as close below one half as intervals allow, then just above.
        for (var length = 1; length < 60; length++)
        {
            var decoder = new RangeDecoder(new byte[] { 0x7F }.Concat(Enumerable.Repeat((byte)0xFF, 3 * length)).Append((byte)0x80).ToArray());
            var message = new List<Interval>();
            for (var i = 0; i < length; i++)
            {
                var start = Math.Max(decoder.Quantile(), 3) - 3; // leaves room on both sides, so low stays below the carry
                message.Add(new(start, Math.Min(256, Interval.Total - start)));
                decoder.Consume(message[^1]);
            }

            foreach (var start in (uint[])[0, 1, Half, Interval.Total - 256])
                AssertDecodes([.. message, new(start, 256)], Encode([.. message, new(start, 256)]));
        }
    }

    [Fact]
    public void ACutPayloadIsNeverTheSameMessage() =>
        Prop.ForAll(Arb.From(Messages), message =>
        {
            var payload = Encode(message);
            for (var length = 0; length < payload.Length; length++)
                Assert.False(Decodes(message, payload[..length]));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60));

    [Fact]
    public void EveryMessageHasOnePayload() =>
        Prop.ForAll(Arb.From(Messages), message =>
        {
            var payload = Encode(message);
            Assert.False(Decodes(message, [.. payload, 0]));
            Assert.False(Decodes(message, [.. payload, 1]));
            Assert.False(Decodes(message, [.. payload, 0x80]));
            for (var i = 0; i < payload.Length * 8; i++)
            {
                payload[i / 8] ^= (byte)(1 << (i % 8));
                Assert.False(Decodes(message, payload));
                payload[i / 8] ^= (byte)(1 << (i % 8));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60));

    [Fact]
    public void GarbageIsAMessageOrAnError()
    {
        var accepted = 0;
        Prop.ForAll(SampleBytes.Arbitrary, payload =>
        {
            var message = new List<Interval>();
            try
            {
                var decoder = new RangeDecoder(payload);
                for (var i = 0; i < payload.Length; i++)
                {
                    var quantile = decoder.Quantile();
                    Assert.True(quantile < Interval.Total);
                    message.Add(new(quantile & ~0x3FFFFFu, 0x400000));
                    decoder.Consume(message[^1]);
                }

                decoder.Finish();
            }
            catch (InvalidDataException)
            {
                return;
            }

            accepted++;
            Assert.Equal(payload, Encode(message));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(50));
        Assert.InRange(accepted, 20, 1000);
        Assert.Throws<InvalidDataException>(() => new RangeDecoder(Enumerable.Repeat((byte)0xFF, 8).ToArray()));
        Assert.Throws<InvalidDataException>(() => new RangeDecoder(Enumerable.Repeat((byte)0xFF, 7).Append((byte)0xFE).ToArray()).Quantile());
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(Interval.Total, 1u)]
    [InlineData(1u, Interval.Total)]
    [InlineData(uint.MaxValue, 2u)]
    [InlineData(0u, uint.MaxValue)]
    public void RefusesIntervalsOutsideTheRange(uint start, uint width) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RangeEncoder().Encode(new(start, width)));

    private static Gen<Interval[]> Messages => Gen.Sized(size =>
        from seed in Gen.Choose(0, int.MaxValue)
        from length in Gen.Choose(0, size)
        select Draw(new Random(seed), length));

    private static Interval[] Draw(Random random, int length)
    {
        var message = new Interval[length];
        for (var i = 0; i < length; i++)
            message[i] = Any(random);
        return message;
    }

    /// <summary>Any interval, the extremes often.</summary>
    private static Interval Any(Random random)
    {
        var width = random.Next(4) switch
        {
            0 => 1u,
            1 => Interval.Total - (uint)random.Next(3),
            _ => 1 + (uint)random.Next((int)(Interval.Total >> random.Next(30))),
        };
        var room = (int)(Interval.Total - width);
        return new(random.Next(3) switch { 0 => 0, 1 => (uint)room, _ => (uint)random.Next(room + 1) }, width);
    }

    private static Interval[] Draw(uint[] widths, int count, int seed)
    {
        var random = new Random(seed);
        var starts = new uint[widths.Length];
        for (var i = 1; i < widths.Length; i++)
            starts[i] = starts[i - 1] + widths[i - 1];
        var message = new Interval[count];
        for (var i = 0; i < count; i++)
        {
            var quantile = (uint)random.NextInt64(starts[^1] + (long)widths[^1]);
            var symbol = Array.FindLastIndex(starts, start => start <= quantile);
            message[i] = new(starts[symbol], widths[symbol]);
        }

        return message;
    }

    private static byte[] Encode(IEnumerable<Interval> message)
    {
        var encoder = new RangeEncoder();
        foreach (var interval in message)
            encoder.Encode(interval);
        return encoder.Finish().ToArray();
    }

    private static void AssertDecodes(IReadOnlyList<Interval> message, byte[] payload)
    {
        var decoder = new RangeDecoder(payload);
        foreach (var interval in message)
        {
            Assert.InRange(decoder.Quantile(), interval.Start, interval.Start + interval.Width - 1);
            decoder.Consume(interval);
        }

        decoder.Finish();
    }

    private static bool Decodes(IReadOnlyList<Interval> message, byte[] payload)
    {
        try
        {
            var decoder = new RangeDecoder(payload);
            foreach (var interval in message)
            {
                if (decoder.Quantile() - interval.Start >= interval.Width)
                    return false;
                decoder.Consume(interval);
            }

            decoder.Finish();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static int LongestRun(byte[] bytes, byte value)
    {
        var (longest, run) = (0, 0);
        foreach (var b in bytes)
            longest = Math.Max(longest, run = b == value ? run + 1 : 0);
        return longest;
    }
}
