using Compressor.Frames;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests;

/// <summary>Parts, one after the other, are what one process makes of the whole; parts that are not of one whole are refused by name.</summary>
public class LmzPartTests
{
    private const int BlockLength = LmzCompressionOptions.MinBlockLength;

    private static readonly LmzCompressionOptions Fast = new() { Level = 1, BlockLength = BlockLength, Threads = 1 };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(1, 4)]
    [InlineData(BlockLength, 2)]
    [InlineData(BlockLength + 1, 2)]
    [InlineData(5 * BlockLength, 5)]
    [InlineData((5 * BlockLength) - 1, 3)]
    [InlineData(3 * BlockLength, 17)]
    public void TheJoinedPartsAreTheWhole(int length, int count)
    {
        var content = SampleBytes.Text(length);
        Assert.Equal(Whole(content), Join(Parts(content, count, Fast)));
    }

    [Fact]
    public void AnyContentInAnyNumberOfParts() => Prop.ForAll(
        Gen.Choose(0, 6 * BlockLength).Zip(Gen.Choose(1, 12)).ToArbitrary(),
        sample =>
        {
            var content = SampleBytes.Text(sample.Item1);
            return Join(Parts(content, sample.Item2, Fast)).AsSpan().SequenceEqual(Whole(content));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    [Fact]
    public void TheRangesOfPartsFollowEachOther() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<NonNegativeInt>().Zip(Gen.Choose(1, 300)).Zip(Gen.Choose(1, 100)).ToArbitrary(),
        sample =>
        {
            var ((length, count), blockLength) = sample;
            var layout = new BlockLayout(length.Get, blockLength);
            long offset = 0;
            for (var i = 1; i <= count; i++)
            {
                var range = new LmzPart(i, count).RangeOf(length.Get, blockLength);
                if (range.Offset != offset || range.Length < 0 || (range.Offset % blockLength != 0 && range.Length > 0))
                    return false;
                if (range.Length > ((layout.Count / count) + 1) * blockLength)
                    return false;
                offset += range.Length;
            }

            return offset == length.Get;
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void BlocksOfALongFileAreFound()
    {
        var layout = new BlockLayout(long.MaxValue, 1 << 24);
        Assert.Equal((long.MaxValue / (1 << 24)) + 1, layout.Count);
        Assert.Equal((1L << 24, 1 << 24), layout.BlockAt(1));
        Assert.Equal((1 << 24) - 1, layout.BlockAt(layout.Count - 1).Length);
        var last = new LmzPart(LmzPart.MaxCount, LmzPart.MaxCount).RangeOf(long.MaxValue, 1 << 24);
        Assert.Equal(long.MaxValue, last.Offset + last.Length);
    }

    [Fact]
    public void APartReadsNothingButItselfAndWhatItMayRepeat()
    {
        var content = SampleBytes.Text(5 * BlockLength);
        var part = new LmzPart(2, 5);
        var expected = Part(content, part, Fast);
        var (offset, length) = part.RangeOf(content.Length, BlockLength);
        using var alone = new MemoryStream(content[(int)expected.Named.Info.ReadFrom..(int)(offset + length)]); // as a range of standard input is
        var data = new MemoryStream();
        var info = Lmz.CompressPart(alone, data, part, content.Length, Fast);
        Assert.Equal(expected.Data, data.ToArray());
        Assert.Equal(expected.Named.Info.ToJson(), info.ToJson());
        Assert.Contains("changed", Assert.Throws<IOException>(
            () => Lmz.CompressPart(new MemoryStream(content[..10]), new MemoryStream(), part, content.Length, Fast)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PartsInAnyOtherOrderAreRefusedByName()
    {
        var parts = Parts(SampleBytes.Text(4 * BlockLength), 4, Fast);
        Refuses("'p2', part 2/4, comes before 'p1', part 1/4", parts[1], parts[0], parts[2], parts[3]);
        Refuses("'p4', part 4/4, comes before 'p3', part 3/4", parts[0], parts[1], parts[3], parts[2]);
        Refuses("'p1' and 'p1' are both part 1/4", parts[0], parts[0], parts[1]);
        Refuses("'p1', part 1/4, is followed by 'p4', part 4/4: 2 parts are missing", parts[0], parts[3]);
        Refuses("The first part is missing: 'p2' is part 2/4", parts[1], parts[2], parts[3]);
        Refuses("The last part is missing: 'p3' is part 3/4", parts[0], parts[1], parts[2]);
        Refuses("There are no parts");
    }

    [Fact]
    public void PartsOfDifferentWholesAreRefusedByName()
    {
        var content = SampleBytes.Text(4 * BlockLength);
        var first = Part(content, new LmzPart(1, 2), Fast);
        Refuses("the former has content length 16383, not 16384", first, Part(content[..^1], new LmzPart(2, 2), Fast));
        Refuses("the former has number of parts 3, not 2", first, Part(content, new LmzPart(2, 3), Fast));
        Refuses("the former has level 2, not 1", first, Part(content, new LmzPart(2, 2), With(level: 2)));
        Refuses("the former has block size 8192, not 4096", first, Part(content, new LmzPart(2, 2), With(blockLength: 2 * BlockLength)));
        Refuses("the former has dictionary ", first, Part(content, new LmzPart(2, 2), With(dictionary: new LmzDictionary("abc"u8))));
        var second = Part(content, new LmzPart(2, 2), Fast);
        Refuses("'p2' and 'p1' are not of one file: the former has models 0000000000000007, not none",
            first, second with { Named = Change(second, info => info with { ModelIds = [ModelId.Parse("0000000000000007")] }) });
        Refuses("the former has release 9.9, not ", first, second with { Named = Change(second, info => info with { Release = "9.9" }) });
        Refuses("changed meanwhile", first, second with { Named = Change(second, info => info with { SourceModified = DateTimeOffset.UnixEpoch }) });
    }

    [Fact]
    public void DamagedPartsAreRefusedByName()
    {
        var part = Part(SampleBytes.Text(3 * BlockLength), new LmzPart(1, 1), Fast);
        Fails("'p1' is shorter than", part.Data[..^1]);
        Fails("'p1' is longer than", [.. part.Data, 0]);
        part.Data[20] ^= 1;
        Fails("'p1' is damaged", part.Data);

        void Fails(string reason, byte[] data) => Assert.Contains(reason, Assert.Throws<InvalidDataException>(
            () => Lmz.CopyPart(part.Named, new MemoryStream(data), Stream.Null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADescriptionThatContradictsItselfIsRefused()
    {
        var json = Part(SampleBytes.Text(3 * BlockLength), new LmzPart(1, 2), Fast).Named.Info.ToJson();
        Assert.Equal(json, LmzPartInfo.FromJson(json).ToJson());
        foreach (var (old, other) in (ReadOnlySpan<(string, string)>)
            [("\"1/2\"", "\"2/2\""), ("\"1/2\"", "\"3/2\""), ("\"blockLength\":4096", "\"blockLength\":0"), ("12288", "22288"), ("12288", "-1"), ("[[", "[[1"), ("]]", "]"), ("}", ""), ("\"models\":[]", "\"models\":[7]")])
        {
            Assert.Contains(old, json, StringComparison.Ordinal);
            Assert.Throws<InvalidDataException>(() => LmzPartInfo.FromJson(json.Replace(old, other, StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("0/1")]
    [InlineData("2/1")]
    [InlineData("1/0")]
    [InlineData("1")]
    [InlineData("1/2/3")]
    [InlineData("-1/2")]
    [InlineData(" 1/2")]
    [InlineData("1/1048577")]
    [InlineData("99999999999/99999999999")]
    public void OtherTextsAreNoParts(string text)
    {
        Assert.False(LmzPart.TryParse(text, out _));
        Assert.Throws<FormatException>(() => LmzPart.Parse(text));
    }

    [Fact]
    public void AReaderDecompressesInParts()
    {
        var content = SampleBytes.Text((7 * BlockLength) + 5);
        using var reader = new LmzReader(new MemoryStream(Lmz.Compress(content, Fast)));
        foreach (var count in (int[])[1, 3, 8, 20])
        {
            var joined = new MemoryStream();
            for (var i = 1; i <= count; i++)
            {
                var (offset, length) = reader.RangeOf(new LmzPart(i, count));
                Assert.Equal(joined.Length, offset);
                reader.CopyTo(joined, offset, length);
            }

            Assert.Equal(content, joined.ToArray());
        }
    }

    [Fact]
    public void WhatDataWasMadeOfIsToldWithoutDecompressing()
    {
        byte[] content = [.. SampleBytes.Text(3 * BlockLength), .. SampleBytes.Random(BlockLength)]; // the last block is stored
        var data = Lmz.Compress(content, Fast);
        Assert.True(Is(data, content));
        Assert.False(Is(data, content[..^1]));
        Assert.False(Is(data, [.. content, 0]));
        Assert.False(Is(data[..^1], content));
        Assert.False(Is([], content));
        foreach (var place in (int[])[0, 5000, content.Length - 1])
            Assert.False(Is(data, Changed(content, place)));
        foreach (var place in (int[])[8, 100, data.Length - 3000, data.Length - 8])
            Assert.False(Is(Changed(data, place), content));

        static bool Is(byte[] data, byte[] content) => Lmz.IsCompressed(new MemoryStream(data), new MemoryStream(content));
        static byte[] Changed(byte[] bytes, int place) => [.. bytes[..place], (byte)(bytes[place] ^ 4), .. bytes[(place + 1)..]];
    }

    private static LmzCompressionOptions With(int level = 1, int blockLength = BlockLength, LmzDictionary? dictionary = null) =>
        new() { Level = level, BlockLength = blockLength, Dictionary = dictionary, Threads = 1 };

    private static LmzNamedPart Change(MadePart part, Func<LmzPartInfo, LmzPartInfo> change) => part.Named with { Info = change(part.Named.Info) };

    private static void Refuses(string reason, params MadePart[] parts) => Assert.Contains(
        reason, Assert.Throws<InvalidDataException>(() => Lmz.EndOfParts([.. parts.Select(part => part.Named)])).Message, StringComparison.Ordinal);

    private static byte[] Whole(byte[] content)
    {
        var data = new MemoryStream();
        Lmz.Compress(new MemoryStream(content), data, Fast); // from a stream whose length is known
        return data.ToArray();
    }

    private static byte[] Join(MadePart[] parts)
    {
        var joined = new MemoryStream();
        foreach (var part in parts)
            Lmz.CopyPart(part.Named, new MemoryStream(part.Data), joined);
        joined.Write(Lmz.EndOfParts([.. parts.Select(part => part.Named)]));
        return joined.ToArray();
    }

    private static MadePart[] Parts(byte[] content, int count, LmzCompressionOptions options) =>
        [.. Enumerable.Range(1, count).Select(i => Part(content, new LmzPart(i, count), options))];

    private static MadePart Part(byte[] content, LmzPart part, LmzCompressionOptions options)
    {
        using var source = new MemoryStream(content) { Position = LmzPartInfo.Of(part, content.Length, options).ReadFrom };
        var data = new MemoryStream();
        var info = Lmz.CompressPart(source, data, part, content.Length, options);
        return new MadePart(new LmzNamedPart($"p{part.Number}", LmzPartInfo.FromJson(info.ToJson())), data.ToArray());
    }

    private sealed record MadePart(LmzNamedPart Named, byte[] Data);
}
