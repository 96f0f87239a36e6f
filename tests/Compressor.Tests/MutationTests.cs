using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Compressor.Blocks;
using Compressor.Container;
using Compressor.Frames;
using Compressor.Tests.Prediction;

namespace Compressor.Tests;

/// <summary>
/// Thousands of mutated inputs through every way to decode, always the same ones for the same seed: no crash, no endless loop, no
/// more memory than the format allows for, and never content that was not compressed. All ways agree on what is valid.
/// <c>COMPRESSOR_FUZZ_INPUTS</c> and <c>COMPRESSOR_FUZZ_SEED</c> ask for a longer run or another one, <c>COMPRESSOR_FUZZ_REPORT</c> names a file for
/// the inputs that took longest.
/// </summary>
public sealed class MutationTests
{
    private const long MaxAllocated = 64 << 20;

    private static readonly LanguageModel Model = UniformModel.Create();
    private static readonly LmzDictionary Dictionary = new(SampleBytes.Text(300, seed: 5));
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model], Dictionary = Dictionary, Threads = 1, MaxContentLength = 1 << 20 };
    private static readonly List<(byte[] Data, byte[] Content)> Seeds = [.. MakeSeeds()];
    private static readonly List<byte[]> Hostile = [.. MakeHostile()];

    /// <summary>What docs/testing.md says of them.</summary>
    [Fact]
    public void TheSeedsHaveEverythingThatTheFormatHas()
    {
        var frames = Seeds.Select(seed => Assert.Single(Lmz.ReadInfo(new MemoryStream(seed.Data)))).ToList();
        var blocks = frames.SelectMany(frame => frame.Blocks).ToList();
        Assert.Equal(
            Enum.GetValues<LmzBlockType>().Except([LmzBlockType.End, LmzBlockType.Repeats]).Order(), blocks.Select(block => block.Type).Distinct().Order());
        Assert.Equal(
            [LmzFilter.None, LmzFilter.LineEnds, LmzFilter.LineBreaks, LmzFilter.LineEnds | LmzFilter.LineBreaks],
            blocks.Select(block => block.Filter).Distinct().Order());
        Assert.Equal(
            [LmzBlockType.Stored, LmzBlockType.Transformer, LmzBlockType.TransformerAndMixing, LmzBlockType.ContextMixing],
            frames.Where(frame => frame.DictionaryId is not null).SelectMany(frame => frame.Blocks).Select(block => block.Type).Distinct().Order());
        Assert.Contains(blocks, block => block.RepeatedLength > 0);
        Assert.Contains(frames, frame => frame.Blocks is [{ RepeatedLength: 0 }, { RepeatedLength: > 600 }, ..]); // from another block
        Assert.Contains(frames, frame => frame.Blocks is []);
        Assert.Contains(frames, frame => frame.Blocks is [_]);
        Assert.Contains(frames, frame => frame.Blocks is [_, _, ..]); // these have a seek table
        Assert.Equal(55, Seeds.Count);
    }

    [Fact]
    public void MutatedDataIsRefusedOrRight()
    {
        var inputs = Number("COMPRESSOR_FUZZ_INPUTS", 10_000);
        var seed = Number("COMPRESSOR_FUZZ_SEED", 1);
        var accepted = new ConcurrentBag<int>();
        var times = new ConcurrentBag<(TimeSpan Time, int Length, int Input)>();
        Parallel.For(0, inputs, i =>
        {
            var data = Mutate(new Random((seed * 1_000_003) + i));
            var start = Stopwatch.GetTimestamp();
            try
            {
                if (Check(data, new Random(i)))
                    accepted.Add(i);
                times.Add((Stopwatch.GetElapsedTime(start), data.Length, i));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Input {i} of seed {seed}, {Convert.ToHexString(data)}: {e.Message}", e);
            }
        });

        if (Environment.GetEnvironmentVariable("COMPRESSOR_FUZZ_REPORT") is { Length: > 0 } report)
            File.WriteAllLines(report, [$"{times.Count(t => t.Time > LimitFor(t.Length))} of {times.Count} took longer than 200 ms and 5 s/MB, all ways together", .. times.OrderDescending().Take(20).Select(t => $"{t.Time.TotalMilliseconds:F0} ms for {t.Length} bytes, input {t.Input} of seed {seed}")]);

        // Some mutations are none, or repeat or drop whole frames: what is accepted is tested too.
        Assert.InRange(accepted.Count, inputs / 1000, inputs / 4);
    }

    /// <summary>Each once took seconds or hundreds of megabytes; see the report of a run for what they take.</summary>
    [Fact]
    public void WhatAsksForMoreThanItIsWorthIsRefused()
    {
        foreach (var data in Hostile)
            Assert.False(Check(data, new Random(1)));
    }

    private static TimeSpan LimitFor(int length) => TimeSpan.FromMilliseconds(200) + (TimeSpan.FromSeconds(5) * length / 1e6);

    /// <summary>Runs data through every way to decode.</summary>
    /// <returns>Whether it is valid.</returns>
    private static bool Check(byte[] data, Random random)
    {
        using var watchdog = new CancellationTokenSource(TimeSpan.FromMinutes(2)); // an endless loop becomes an error
        var expected = ContentOfFrames(data);
        var content = Attempt(() =>
        {
            using var destination = new MemoryStream();
            Lmz.Decompress(new MemoryStream(data), destination, WithModel, null, watchdog.Token);
            return destination.ToArray();
        });
        Assert.Equal(expected, content);
        Assert.Equal(expected, Attempt(() => ReadStream(data)));
        Assert.Equal(expected, Attempt(() => ReadAll(data, watchdog.Token)));
        Assert.Equal(expected, Attempt(() => DecodeBeside(data)));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(expected, Decode(data, random));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocated);

        using var recovered = new MemoryStream();
        LmzRecovery recovery;
        try
        {
            recovery = Lmz.Recover(new MemoryStream(data), recovered, WithModel, null, watchdog.Token);
        }
        catch (InvalidDataException)
        {
            Assert.Null(expected); // it has more content than is accepted
            return false;
        }

        Assert.Equal(expected is not null, recovery.IsWhole);
        Assert.InRange(recovered.Length, recovery.RecoveredLength, recovery.ContentLength);
        if (expected is null)
            return false;
        Assert.Equal(expected, recovered.ToArray());
        Assert.True(Lmz.TryGetDecompressedLength(data, out var length));
        Assert.Equal(expected.Length, length);
        return true;
    }

    /// <summary>What data stands for, if it is nothing but frames of the seeds.</summary>
    private static byte[]? ContentOfFrames(ReadOnlySpan<byte> data)
    {
        var content = new List<byte>();
        var rest = data;
        while (!rest.IsEmpty)
        {
            var found = -1;
            for (var i = 0; i < Seeds.Count && found < 0; i++)
                found = rest.StartsWith(Seeds[i].Data) ? i : -1;
            if (found < 0)
                return null;
            content.AddRange(Seeds[found].Content);
            rest = rest[Seeds[found].Data.Length..];
        }

        return data.IsEmpty ? null : [.. content];
    }

    private static byte[]? Attempt(Func<byte[]> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception e) when (e is InvalidDataException or ModelNotFoundException or DictionaryNotFoundException)
        {
            return null;
        }
    }

    private static byte[] ReadStream(byte[] data)
    {
        using var reader = new LmzStream(new MemoryStream(data), WithModel);
        using var content = new MemoryStream();
        reader.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] ReadAll(byte[] data, CancellationToken cancellation)
    {
        using var reader = new LmzReader(new MemoryStream(data), WithModel);
        using var content = new MemoryStream();
        reader.CopyTo(content, 0, long.MaxValue, null, cancellation);
        return content.ToArray();
    }

    /// <summary>In a batch, beside data that is whole and stays so.</summary>
    private static byte[] DecodeBeside(byte[] data)
    {
        var other = Seeds[12];
        try
        {
            var contents = LmzBatch.Decompress([other.Data, data], WithModel);
            Assert.Equal(other.Content, contents[0]);
            return contents[1];
        }
        catch (LmzBatchException e)
        {
            Assert.Equal(other.Content, e.Contents[0]);
            throw Assert.Single(e.Failures).Error;
        }
    }

    private static byte[]? Decode(byte[] data, Random random)
    {
        using var decoder = new LmzDecoder(WithModel);
        using var content = new MemoryStream();
        var buffer = new byte[random.Next(1, 400)];
        var status = OperationStatus.NeedMoreData;
        try
        {
            for (var start = 0; start < data.Length || status == OperationStatus.DestinationTooSmall;)
            {
                var part = data.AsSpan(start, Math.Min(random.Next(1, 200), data.Length - start));
                status = decoder.Decompress(part, buffer, out var consumed, out var written);
                content.Write(buffer, 0, written);
                start += consumed;
                if (status == OperationStatus.InvalidData)
                    break;
            }
        }
        catch (Exception e) when (e is ModelNotFoundException or DictionaryNotFoundException)
        {
            return null;
        }

        return status == OperationStatus.Done ? content.ToArray() : null;
    }

    private static byte[] Mutate(Random random)
    {
        var data = new List<byte>(Pick(random));
        if (random.Next(4) == 0)
            data.AddRange(Pick(random));
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            var at = random.Next(data.Count + 1);
            var length = Math.Min(random.Next(1, random.Next(4) == 0 ? 60 : 4), data.Count - at);
            switch (random.Next(9))
            {
                case 0:
                    data.RemoveRange(at, length);
                    break;
                case 1:
                    data.InsertRange(at, data.GetRange(at, length));
                    break;
                case 2:
                    data.InsertRange(at, SampleBytes.Random(random.Next(1, 8), random.Next()));
                    break;
                case 3:
                    data.RemoveRange(at, data.Count - at);
                    break;
                case 4:
                    data.AddRange(Pick(random));
                    break;
                case 5 when length > 0:
                    var other = Pick(random);
                    data[at] = other[random.Next(other.Length)];
                    break;
                case 6 when data.Count > 20: // a header
                    data[random.Next(4, 25) % data.Count] = (byte)random.Next(256);
                    break;
                case 7 when length > 0:
                    data[at] = random.Next(4) switch { 0 => 0, 1 => 0xFF, 2 => 0x80, _ => 0x7F };
                    break;
                case 8 when length > 0:
                    data[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. data];
    }

    private static byte[] Pick(Random random) => random.Next(40) == 0 ? Hostile[random.Next(Hostile.Count)] : Seeds[random.Next(Seeds.Count)].Data;

    /// <summary>Data that is made to waste time or memory.</summary>
    private static IEnumerable<byte[]> MakeHostile()
    {
        var payload = SampleBytes.Random(24);
        var largest = new MixingHeader(0, 0, MixingHeader.MaxTableBits);
        const int Long = 1 << 18; // a few of them are as much content as is accepted
        yield return Frame(BlockHeader.OfTokens(Long, Model.Id, default, 1, Long, null, 12)); // one lane of one letter
        yield return Frame(BlockHeader.OfTokens(Long, Model.Id, default, BlockHeader.MaxLanes, Long, largest, 2000));
        yield return Frame(BlockHeader.OfBytes(Long, default, Long, largest, 1100)); // nearly certain content
        yield return Frame([.. Enumerable.Repeat(BlockHeader.OfBytes(24, default, 24, largest, 20), 60)]); // the largest tables for each few bytes
        yield return Frame([.. Enumerable.Repeat(BlockHeader.OfBytes(24, default, 24, new(0, 0, MixingHeader.MinTableBits), 20), 700)]); // wrong checks
        yield return Frame([.. Enumerable.Repeat(BlockHeader.Repeats(Long / 8, 8, BlockHeader.Stored(4)), 8)]);

        byte[] Frame(params BlockHeader[] headers)
        {
            using var data = new MemoryStream();
            var writer = new FrameWriter(data, new FrameHeader(null));
            foreach (var header in headers)
                writer.Write(new Block(header, [.. Enumerable.Range(0, header.BodyLength).Select(i => payload[i % payload.Length])], 0));
            writer.End();
            return data.ToArray();
        }
    }

    private static IEnumerable<(byte[] Data, byte[] Content)> MakeSeeds()
    {
        byte[][] contents =
        [
            [], [7], SampleBytes.Random(30), SampleBytes.Text(90), SampleBytes.Text(200, seed: 2), [.. SampleBytes.Random(300), .. SampleBytes.Random(300)],
            "the\r\nof\r\n\r\n\nand\r\nthe\r\nof\r\n and\r\n the\r\n\r\nthe\r\nof\r\n"u8.ToArray(), [.. SampleBytes.Text(60), .. SampleBytes.Random(60)],
        ];
        foreach (var content in contents)
        {
            foreach (var memory in (bool[])[true, false])
            {
                foreach (var seed in WithAndWithoutTable(content, Options(mixing: memory)))
                    yield return seed;
            }
        }

        // Bytes that a memory predicts, with and without a stride, and what comes after a dictionary.
        (byte[] Content, LmzCompressionOptions Options)[] others =
        [
            (SampleBytes.Text(150, seed: 3), Options(level: 2)),
            (SampleBytes.Records(12, 20), Options(level: 2)),
            (Enumerable.Repeat((byte)'a', 5000).ToArray(), Options()),
            ([.. Enumerable.Repeat(SampleBytes.Text(50), 120).SelectMany(bytes => bytes)], Options(level: 2)),
            (SampleBytes.Text(80, seed: 6), Options(dictionary: Dictionary, mixing: false)),
            (SampleBytes.Text(100, seed: 5), Options(level: 2, dictionary: Dictionary)),
            (SampleBytes.Random(20), Options(dictionary: Dictionary)),
            (SampleBytes.Wrapped(2200, 40, "# "), Options(level: 2)),
            (SampleBytes.Wrapped(2200, 40), Options()),
            ([.. Enumerable.Repeat(SampleBytes.Random(700, seed: 4), 3).SelectMany(bytes => bytes)], Options(level: 2)),
            (Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(SampleBytes.Wrapped(2200, 40)).ReplaceLineEndings("\r\n")), Options()),
        ];
        foreach (var (content, options) in others)
        {
            foreach (var seed in WithAndWithoutTable(content, options))
                yield return seed;
        }

        // The model knows so little that after a dictionary a memory of bytes does better.
        var text = SampleBytes.Text(200, seed: 6);
        using var frame = new MemoryStream();
        FrameCompressor.Compress(new MemoryStream(text), frame, Options(dictionary: Dictionary), new BlockSettings { Bytes = false }, null, CancellationToken.None);
        yield return (frame.ToArray(), text);

        static LmzCompressionOptions Options(int level = LmzCompressionOptions.DefaultLevel, bool mixing = true, LmzDictionary? dictionary = null) =>
            new() { Model = Model, Level = level, Mixing = mixing, Dictionary = dictionary, BlockLength = LmzCompressionOptions.MinBlockLength };
    }

    private static IEnumerable<(byte[] Data, byte[] Content)> WithAndWithoutTable(byte[] content, LmzCompressionOptions options) =>
        [(Lmz.Compress(content, options), content), (InBlocks(content, options), content)];

    /// <summary>Short blocks and a length that is not known: a frame with a seek table.</summary>
    private static byte[] InBlocks(byte[] content, LmzCompressionOptions options)
    {
        using var data = new MemoryStream();
        using (var writer = new LmzStream(data, options, leaveOpen: true))
        {
            foreach (var part in content.Chunk(Math.Max(1, content.Length / 3)))
            {
                writer.Write(part);
                writer.Flush();
            }
        }

        return data.ToArray();
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
