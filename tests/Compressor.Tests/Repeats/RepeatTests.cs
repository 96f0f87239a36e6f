using Compressor.Repeats;

namespace Compressor.Tests.Repeats;

[Trait("Category", "NothingIsLost")]
public sealed class RepeatTests
{
    /// <summary>What the finder must make of content, and its expansion must undo, however the content is cut into blocks.</summary>
    [Theory]
    [InlineData(1 << 22)]
    [InlineData(100_000)]
    [InlineData(4097)]
    public void What_is_found_can_be_put_back(int blockLength)
    {
        foreach (var content in Contents())
        {
            var blocks = Encode(content, blockLength);
            Assert.Equal(content, Decode(blocks));
            AssertOneBlockNeedsNoChain(blocks);
        }
    }

    [Fact]
    public void Noise_that_comes_again_is_found_across_blocks()
    {
        var noise = SampleBytes.Random(2_500_000);
        var blocks = Encode([.. noise, .. noise], 1 << 20);
        Assert.InRange(blocks.Sum(block => block.Remaining.Length + block.List.Length), noise.Length, noise.Length + 500);
    }

    /// <summary>Copies of copies, shifted, with changes: the sources are where the bytes are not copied.</summary>
    [Fact]
    public void Archives_of_nearly_the_same_files_shrink_to_their_differences()
    {
        var random = new Random(1);
        var version = SampleBytes.Random(200_000);
        var archive = new List<byte>();
        for (var i = 0; i < 10; i++)
        {
            archive.AddRange(version);
            archive.AddRange(SampleBytes.Random(random.Next(1, 5000), seed: i));
            version = version.ToArray();
            for (var change = 0; change < 20; change++)
                version[random.Next(version.Length)] ^= 1;
        }

        var blocks = Encode([.. archive], 1 << 18);
        AssertOneBlockNeedsNoChain(blocks);
        Assert.InRange(blocks.Sum(block => block.Remaining.Length + block.List.Length), 200_000, 200_000 + (10 * 5000) + (9 * 20 * 400));
    }

    [Fact]
    public void Runs_leave_next_to_nothing()
    {
        byte[] content = [.. SampleBytes.Random(1000), .. new byte[10_000_000], .. SampleBytes.Random(1000, seed: 2), .. Enumerable.Repeat((byte)'a', 5000)];
        var blocks = Encode(content, 1 << 22);
        Assert.Equal(content, Decode(blocks));
        Assert.InRange(blocks.Sum(block => block.Remaining.Length + block.List.Length), 2000, 7100); // the short run at the end is left to the block
    }

    [Fact]
    public void What_is_short_or_near_is_left_to_the_block()
    {
        var text = SampleBytes.Text(100_000);
        Assert.All(Encode(text, 1 << 20), block => Assert.Empty(block.List));
        var noise = SampleBytes.Random(2000);
        Assert.All(Encode([.. noise, .. noise], 1 << 20), block => Assert.Empty(block.List));
    }

    [Fact]
    public void The_window_is_bounded_and_what_left_it_is_no_source()
    {
        var finder = new RepeatFinder();
        var window = new ContentWindow();
        var noise = SampleBytes.Random(1 << 20);
        Assert.Empty(finder.Find(noise));
        window.Append(noise);
        for (var i = 0; i < 64; i++)
        {
            var other = SampleBytes.Random(1 << 20, seed: 100 + i);
            Assert.Empty(finder.Find(other));
            window.Append(other);
        }

        Assert.Equal((ContentWindow.MaxLength, 1L << 20), (window.AllocatedLength, window.First));
        Assert.Throws<InvalidDataException>(() => window.Read((1 << 20) - 1, new byte[2]));
        Assert.Throws<InvalidDataException>(() => window.Read(window.Length - 1, new byte[2]));
        Assert.Empty(finder.Find(noise)); // one block too late
    }

    [Fact]
    public void A_short_frame_takes_little_memory()
    {
        var window = new ContentWindow();
        window.Append(new byte[100]);
        window.Append(new byte[100]);
        Assert.InRange(window.AllocatedLength, 200, 400);
    }

    [Fact]
    public void Lists_that_are_none_are_refused()
    {
        var list = RepeatList.ToBytes([new Repeat(10, 200, 300), new Repeat(210, 80, 1)]);
        Assert.Equal(2, RepeatList.Read(list, 300).Count);
        Refuses(list, 289); // ends behind the block
        Refuses([.. list, 0], 300);
        Refuses([0], 300);
        for (var length = 0; length < list.Length; length++)
            Refuses(list[..length], 300);
        Refuses(RepeatList.ToBytes([new Repeat(0, 1, ContentWindow.MaxLength - 299)]), 300); // its source has left the window when the block ends
        Assert.Single(RepeatList.Read(RepeatList.ToBytes([new Repeat(0, 1, ContentWindow.MaxLength - 300)]), 300));
        Refuses(RepeatList.ToBytes([new Repeat(10, 200, 209)]), 300); // from before the block into it
        Assert.Single(RepeatList.Read(RepeatList.ToBytes([new Repeat(10, 200, 210)]), 300));

        static void Refuses(byte[] list, int contentLength) => Assert.Throws<InvalidDataException>(() => RepeatList.Read(list, contentLength));
    }

    [Fact]
    public void What_is_borrowed_is_no_source()
    {
        Assert.Throws<InvalidDataException>(() => OwnContent.Of(new byte[9], [new Repeat(2, 2, 1)], 10)); // the lengths do not add up
        Assert.Throws<InvalidDataException>(() => OwnContent.Of(new byte[5], [new Repeat(2, 5, 10), new Repeat(7, 3, 1)], 13));
        var own = OwnContent.Of([1, 2, 3, 4, 5], [new Repeat(2, 5, 10), new Repeat(8, 3, 1)], 13);
        Assert.Equal([1, 2, 0, 0, 0, 0, 0, 3, 3, 3, 3, 4, 5], own.Bytes);
        Assert.True(own.Has(0, 2) && own.Has(7, 6) && !own.Has(1, 2) && !own.Has(6, 1));

        var window = new ContentWindow();
        window.Append([.. Enumerable.Range(10, 20).Select(i => (byte)i)], [new Repeat(5, 3, 9)]);
        own.Fill(20, window);
        Assert.Equal([1, 2, 22, 23, 24, 25, 26, 3, 3, 3, 3, 4, 5], own.Bytes);
        Assert.False(own.Has(2, 1)); // nor when it is there
        Assert.Throws<InvalidDataException>(() => window.Read(3, new byte[3]));
        window.Read(3, new byte[2]);
        window.Read(8, new byte[2]);
        window.AppendLost(3);
        Assert.Throws<InvalidDataException>(() => window.Read(19, new byte[2]));
    }

    [Fact]
    public void Damaged_lists_are_refused_or_fill_the_block()
    {
        var list = RepeatList.ToBytes([new Repeat(10, 200, 300), new Repeat(210, 80, 1)]);
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = list.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                var repeats = RepeatList.Read(damaged, 300);
                var own = OwnContent.Of(new byte[Math.Max(0, 300 - repeats.Sum(repeat => repeat.Length))], repeats, 300);
                var window = new ContentWindow();
                window.Append(new byte[1000]);
                own.Fill(1000, window);
                Assert.Equal(300, own.Bytes.Length);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private static IEnumerable<byte[]> Contents()
    {
        yield return [];
        yield return [1];
        yield return new byte[5000];
        yield return SampleBytes.Text(50_000);
        var random = new Random(7);
        for (var round = 0; round < 20; round++)
        {
            // Pieces of what is there already, runs, rows and noise, in any order.
            var content = new List<byte>(SampleBytes.Random(random.Next(1, 3000), seed: round));
            while (content.Count < 150_000)
            {
                switch (random.Next(4))
                {
                    case 0:
                        content.AddRange(Enumerable.Repeat((byte)random.Next(256), random.Next(1, 9000)));
                        break;
                    case 1:
                        var row = SampleBytes.Random(random.Next(1, 200), seed: random.Next());
                        for (var i = random.Next(1, 100); i > 0; i--)
                            content.AddRange(row);
                        break;
                    case 2:
                        var start = random.Next(content.Count);
                        content.AddRange(content.GetRange(start, Math.Min(content.Count - start, random.Next(1, 30_000))));
                        break;
                    default:
                        content.AddRange(SampleBytes.Random(random.Next(1, 2000), seed: random.Next()));
                        break;
                }
            }

            yield return [.. content];
        }
    }

    private static List<(long Start, int Length, byte[] Remaining, byte[] List)> Encode(byte[] content, int blockLength)
    {
        var finder = new RepeatFinder();
        var blocks = new List<(long, int, byte[], byte[])>();
        for (var start = 0; start < content.Length; start += blockLength)
        {
            var block = content.AsSpan(start, Math.Min(blockLength, content.Length - start));
            var repeats = finder.Find(block);
            Assert.True(repeats.Sum(repeat => repeat.Length) < block.Length);
            blocks.Add((start, block.Length, RepeatFinder.Rest(block, repeats), repeats.Count == 0 ? [] : RepeatList.ToBytes(repeats)));
        }

        return blocks;
    }

    private static byte[] Decode(List<(long Start, int Length, byte[] Remaining, byte[] List)> blocks)
    {
        var window = new ContentWindow();
        var content = new List<byte>();
        foreach (var (start, length, rest, list) in blocks)
        {
            var block = OwnContent.Of(rest, RepeatsOf(list, length), length);
            block.Fill(start, window);
            window.Append(block.Bytes, block.Missing);
            content.AddRange(block.Bytes);
        }

        return [.. content];
    }

    private static List<Repeat> RepeatsOf(byte[] list, int contentLength) => list.Length == 0 ? [] : RepeatList.Read(list, contentLength);

    /// <summary>No byte that a repeat takes from another block is one that block takes from another.</summary>
    private static void AssertOneBlockNeedsNoChain(List<(long Start, int Length, byte[] Remaining, byte[] List)> blocks)
    {
        var taken = new bool[blocks.Sum(block => block.Length)];
        foreach (var (start, length, _, list) in blocks)
        {
            foreach (var repeat in RepeatsOf(list, length))
            {
                var source = (int)(start + repeat.Start - repeat.Distance);
                Assert.DoesNotContain(true, taken[source..(int)Math.Min(source + repeat.Length, start + repeat.Start)]);
                if (repeat.IsFar)
                    taken.AsSpan((int)start + repeat.Start, repeat.Length).Fill(true);
            }
        }
    }
}
