using System.Text;
using Compressor.Blocks;
using Compressor.Frames;
using Compressor.Symbols;
using Compressor.Tests.Prediction;
using Compressor.Tests.Symbols;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests;

public class LmzTests
{
    private static readonly LanguageModel Model = AdaptiveModel.Create(out _);
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model] };

    [Fact]
    public async Task A_stream_is_not_read_and_written_at_once()
    {
        var stream = new MemoryStream();
        stream.Write("content"u8);
        stream.Position = 0;
        Assert.Throws<ArgumentException>(() => Lmz.Compress(stream, stream));
        Assert.Throws<ArgumentException>(() => Lmz.Decompress(stream, stream));
        Assert.Throws<ArgumentException>(() => Lmz.Recover(stream, stream));
        await Assert.ThrowsAsync<ArgumentException>(() => Lmz.CompressAsync(stream, stream));
        await Assert.ThrowsAsync<ArgumentException>(() => Lmz.DecompressAsync(stream, stream));
        Assert.Equal("content"u8, stream.ToArray());
    }

    [Fact]
    public void AnyBytesRoundTripWithAnyNumberOfThreads() =>
        Prop.ForAll(SampleBytes.Arbitrary, content =>
        {
            var compressed = Compress(content, threads: 1);
            Assert.Equal(content, Lmz.Decompress(compressed, WithModel));
            Assert.Equal(compressed, Compress(content, threads: 3));
            Assert.Equal(content, Lmz.Decompress(compressed, new LmzDecompressionOptions { Models = [Model], Threads = 3 }));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(10000));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4095, 1)]
    [InlineData(4096, 1)]
    [InlineData(4097, 2)]
    [InlineData(8192, 2)]
    [InlineData(12289, 4)]
    public void BlocksHaveTheLengthAskedFor(int length, int blocks)
    {
        foreach (var content in new[] { SampleBytes.Text(length), SampleBytes.Random(length) })
        {
            var compressed = Compress(content);
            Assert.Equal(content, Lmz.Decompress(compressed, WithModel));
            var frame = Assert.Single(Lmz.ReadInfo(new MemoryStream(compressed)));
            Assert.Equal(blocks, frame.Blocks.Count);
            Assert.All(frame.Blocks.SkipLast(1), block => Assert.Equal(4096, block.ContentLength));
            Assert.Equal(length, frame.Blocks.Sum(block => block.ContentLength));
        }
    }

    [Fact]
    public void LongBlocksAreCodedInLanes()
    {
        var content = SampleBytes.Text(400_000);
        var compressed = CompressTokens(content, new LmzCompressionOptions { Model = Model });
        Assert.Equal(content, Lmz.Decompress(compressed, WithModel));
        var block = Assert.Single(Assert.Single(Lmz.ReadInfo(new MemoryStream(compressed))).Blocks);
        Assert.Equal(LmzBlockType.TransformerAndMixing, block.Type);
        Assert.InRange(block.Tokens, 131072, 400_000);
        Assert.Equal(block.Tokens >> 16, block.Lanes); // the model is weak, so that most is learned
        Assert.InRange(compressed.Length, 1, content.Length / 3);
    }

    [Fact]
    public void RecordsNeedNoModel()
    {
        var content = SampleBytes.Records(4000, 24);
        var compressed = Lmz.Compress(content, new LmzCompressionOptions { Model = Model });
        Assert.Equal(LmzBlockType.ContextMixing, Assert.Single(Assert.Single(Lmz.ReadInfo(new MemoryStream(compressed))).Blocks).Type);
        Assert.Equal(content, Lmz.Decompress(compressed)); // and needs no model
        Assert.InRange(compressed.Length, 4000, 4000 * 2); // a byte of noise and three times one of three come to 1.6
    }

    [Fact]
    public void LineEndsAreFilteredAcrossBlocks()
    {
        // Lines of five bytes: blocks of 4096 end at every place within them.
        var (words, random) = ((byte[][])["the\r\n"u8.ToArray(), "and\r\n"u8.ToArray()], new Random(1));
        var content = Enumerable.Range(0, 9000).SelectMany(_ => words[random.Next(2)]).ToArray();
        var compressed = CompressTokens(content, Options());
        Assert.Equal(content, Lmz.Decompress(compressed, WithModel));
        var frame = Assert.Single(Lmz.ReadInfo(new MemoryStream(compressed)));
        Assert.All(frame.Blocks, block => Assert.Equal(LmzFilter.LineEnds, block.Filter));
    }

    [Fact]
    public void NothingGrowsMuch() =>
        Prop.ForAll(SampleBytes.Arbitrary, content =>
        {
            var max = Lmz.GetMaxCompressedLength(content.Length, Options());
            Assert.InRange(Compress(content).Length, 0, max);
            Assert.InRange(max, content.Length, content.Length + 54 + (21 * ((content.Length / 4096) + 1)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50).WithEndSize(10000));

    [Fact]
    public void IncompressibleDataIsNotScored()
    {
        var model = AdaptiveModel.Create(out var tokenModel);
        var content = SampleBytes.Random(300_000);
        var compressed = Lmz.Compress(content, new LmzCompressionOptions { Model = model, Threads = 1 });
        Assert.InRange(tokenModel.Scored, 1, 10_000);
        Assert.Equal(content, Lmz.Decompress(compressed)); // and needs no model
        Assert.Equal(LmzBlockType.Stored, Lmz.ReadInfo(new MemoryStream(compressed))[0].Blocks[0].Type);
    }

    [Fact]
    public void FramesConcatenate()
    {
        var (first, second) = (SampleBytes.Text(5000), SampleBytes.Random(100));
        byte[] compressed = [.. Compress(first), .. Compress([]), .. Compress(second)];
        Assert.Equal([.. first, .. second], Lmz.Decompress(compressed, WithModel));
        var frames = Lmz.ReadInfo(new MemoryStream(compressed));
        Assert.Equal([5000, 0, 100], frames.Select(frame => frame.ContentLength));
        Assert.Equal(compressed.Length, frames.Sum(frame => frame.CompressedLength));
        Assert.Equal(frames[0].CompressedLength + frames[1].CompressedLength, frames[2].Offset);
    }

    [Fact]
    public void StreamsNeedNotSeek()
    {
        var content = SampleBytes.Text(10_000);
        using var compressed = new MemoryStream();
        Lmz.Compress(new TrickleStream(content), compressed, Options());
        using var decompressed = new MemoryStream();
        Lmz.Decompress(new TrickleStream(compressed.ToArray()), decompressed, WithModel);
        Assert.Equal(content, decompressed.ToArray());
        Assert.Equal(10_000, Lmz.ReadInfo(new TrickleStream(compressed.ToArray()))[0].ContentLength);
    }

    [Fact]
    public void StreamsAreReadFromTheirPosition()
    {
        var source = new MemoryStream(SampleBytes.Text(100)) { Position = 90 };
        using var compressed = new MemoryStream();
        Lmz.Compress(source, compressed, Options());
        Assert.Equal(SampleBytes.Text(100)[90..], Lmz.Decompress(compressed.ToArray(), WithModel));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void ASourceThatChangesIsAnError(int change)
    {
        using var source = new MisstatedStream(SampleBytes.Text(9000), 9000 + change);
        Assert.Throws<IOException>(() => Lmz.Compress(source, Stream.Null, Options()));
    }

    [Fact]
    public void InfoDescribesFrames()
    {
        var compressed = Compress(SampleBytes.Text(5000));
        var frame = Assert.Single(Lmz.ReadInfo(new MemoryStream(compressed)));
        Assert.Equal(4, frame.Version);
        Assert.Equal([Model.Id], frame.ModelIds);
        Assert.Equal(5000, frame.ContentLength);
        Assert.Equal(compressed.Length, frame.CompressedLength);
        Assert.Equal([LmzBlockType.TransformerAndMixing, LmzBlockType.TransformerAndMixing], frame.Blocks.Select(block => block.Type));
        Assert.Equal(frame.Blocks[0].Offset + frame.Blocks[0].CompressedLength, frame.Blocks[1].Offset);
        Assert.All(frame.Blocks, block => Assert.Equal((1, LmzFilter.None), (block.Lanes, block.Filter)));
    }

    [Fact]
    public void ProgressCountsContent()
    {
        var reports = new ReportList();
        using var compressed = new MemoryStream();
        Lmz.Compress(new MemoryStream(SampleBytes.Text(10_000)), compressed, Options(), reports);
        AssertCountsUp();
        Lmz.Decompress(new MemoryStream(compressed.ToArray()), Stream.Null, WithModel, reports);
        AssertCountsUp();

        void AssertCountsUp()
        {
            Assert.True(reports.Values.Count >= 3, "at least one report a block");
            Assert.Equal(reports.Values.Distinct().Order(), reports.Values);
            Assert.Equal(10_000, reports.Values[^1]);
            reports.Values.Clear();
        }
    }

    [Fact]
    public void CancellationStops()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Lmz.Compress(new MemoryStream(SampleBytes.Text(10_000)), Stream.Null, Options(), null, stop.Token));
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Lmz.Decompress(new MemoryStream(Compress(SampleBytes.Text(10_000))), Stream.Null, WithModel, null, stop.Token));
    }

    [Fact]
    public void AMissingModelIsNamed()
    {
        var other = new LanguageModel("other", ModelId.Parse("00000000000000ff"), Model.Tokenizer, Model.TokenModel);
        var error = Assert.Throws<ModelNotFoundException>(() =>
            Lmz.Decompress(Compress(SampleBytes.Text(500)), new LmzDecompressionOptions { Models = [other] }));
        Assert.Equal(Model.Id, error.Needed);
        Assert.Equal([other.Id], error.Offered);
        Assert.Contains("0102030405060708", error.Message, StringComparison.Ordinal);
        Assert.Contains("00000000000000ff", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheRightOneOfSeveralModelsIsTaken()
    {
        var other = new LanguageModel("other", ModelId.Parse("00000000000000ff"), Model.Tokenizer, Model.TokenModel);
        var compressed = Compress(SampleBytes.Text(500));
        Assert.Equal(SampleBytes.Text(500), Lmz.Decompress(compressed, new LmzDecompressionOptions { Models = [other, Model] }));
    }

    /// <summary>Two models with the words of two languages, and content that changes from one to the other.</summary>
    [Fact]
    public void EachBlockHasTheModelThatMakesItSmallest()
    {
        var (english, one) = Language("01", 'a');
        var (german, two) = Language("02", 'n');
        byte[] other = [.. english.Chunk(256).Reverse().SelectMany(bytes => bytes)]; // no long repeat of the first
        byte[] content = [.. english, .. german, .. other, .. SampleBytes.Random(4096)];
        var options = new LmzCompressionOptions { Models = [one, two], Mixing = false, BlockLength = 4096 };
        var data = Lmz.Compress(content, options);
        Assert.Equal(data, Lmz.Compress(content, new LmzCompressionOptions { Models = [one, two, one], Mixing = false, BlockLength = 4096, Threads = 7 }));
        var frame = Assert.Single(Lmz.ReadInfo(new MemoryStream(data)));
        Assert.Equal([one.Id, two.Id], frame.ModelIds);
        Assert.Equal([one.Id, two.Id, one.Id, null], frame.Blocks.Select(block => block.ModelId));
        Assert.Equal(content, Lmz.Decompress(data, new LmzDecompressionOptions { Models = [two, one] }));
        Assert.True(data.Length < Lmz.Compress(content, new LmzCompressionOptions { Model = one, Mixing = false, BlockLength = 4096 }).Length);

        // With one of the models, what the other made is missing, and only that.
        var lacking = new LmzDecompressionOptions { Models = [two] };
        Assert.Equal(one.Id, Assert.Throws<ModelNotFoundException>(() => Lmz.Decompress(data, lacking)).Needed);
        using var reader = new LmzReader(new MemoryStream(data), lacking);
        var part = new byte[100];
        Assert.Equal(100, reader.Read(5000, part));
        Assert.Equal(content[5000..5100], part);
        Assert.Throws<ModelNotFoundException>(() => reader.Read(0, part));
        using var recovered = new MemoryStream();
        var recovery = Lmz.Recover(new MemoryStream(data), recovered, lacking);
        Assert.Equal([0L, 8192], recovery.Damages.Select(damage => damage.ContentOffset));
        Assert.All(recovery.Damages, damage => Assert.Contains(one.Id.ToString(), damage.Reason, StringComparison.Ordinal));
        Assert.Equal([.. new byte[4096], .. german, .. new byte[4096], .. content[^4096..]], recovered.ToArray());

        // Words of the twelve letters from the given one on, in no order; a model that knows the words and nothing else.
        static (byte[] Text, LanguageModel Model) Language(string id, char letter)
        {
            var random = new Random(letter);
            string[] words = [.. Enumerable.Range(0, 200).Select(_ => $" {string.Concat(Enumerable.Range(0, 8).Select(_ => (char)(letter + random.Next(12))))}")];
            var text = string.Concat(Enumerable.Range(0, 500).Select(_ => words[random.Next(words.Length)]));
            var tokenizer = new Tokenizer(TestTokenizers.MergesFor(words));
            return (Encoding.ASCII.GetBytes(text[..4096]), new LanguageModel(id, ModelId.Parse(id.PadLeft(16, '0')), tokenizer, new UniformModel(tokenizer.VocabularySize)));
        }
    }

    [Theory]
    [InlineData(3, "release 0.1")]
    [InlineData(2, "no release since 0.1")]
    [InlineData(5, "a later release")]
    public void AnotherVersionIsRefusedWithTheReleaseThatReadsIt(byte version, string release)
    {
        var data = Compress([1, 2, 3]);
        data[4] = version;
        var error = Assert.Throws<InvalidDataException>(() => Lmz.Decompress(data, WithModel));
        Assert.Contains($"version {version}, which {release} reads", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void EveryLevelRoundTrips(int level)
    {
        byte[] content = [.. SampleBytes.Text(30_000), .. SampleBytes.Records(300, 40)];
        var options = new LmzCompressionOptions { Model = Model, Level = level };
        var compressed = Lmz.Compress(content, options);
        Assert.Equal(content, Lmz.Decompress(compressed, WithModel));
        Assert.Equal(level > 3, options.UsesModel);
        Assert.Equal(level switch { <= 3 => [], <= 6 => ["en-fast", "code-fast", "world-fast"], _ => ["en-fast", "code-fast", "world-fast", "en-base"] }, options.BuiltInModelNames);
        Assert.Equal(options.UsesModel ? [Model.Id] : [], Assert.Single(Lmz.ReadInfo(new MemoryStream(compressed))).ModelIds);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(6, true)]
    [InlineData(6, false)]
    public void WhatIsLikeTheReferenceDataBecomesSmall(int level, bool mixing)
    {
        var dictionary = new LmzDictionary(SampleBytes.Text(6000, seed: 3));
        var content = SampleBytes.Text(6000, seed: 3)[2000..3500];
        var options = new LmzCompressionOptions { Model = Model, Level = level, Mixing = mixing, Dictionary = dictionary };
        var compressed = Lmz.Compress(content, options);
        var plain = Lmz.Compress(content, new LmzCompressionOptions { Model = Model, Level = level, Mixing = mixing });
        Assert.InRange(compressed.Length, 0, mixing ? plain.Length / 4 : plain.Length);
        Assert.Equal(content, Lmz.Decompress(compressed, new LmzDecompressionOptions { Models = [Model], Dictionary = dictionary }));
        Assert.Equal(dictionary.Id, Assert.Single(Lmz.ReadInfo(new MemoryStream(compressed))).DictionaryId);
        Assert.Equal(content, Lmz.Decompress(plain, new LmzDecompressionOptions { Models = [Model], Dictionary = dictionary })); // which it does not need
    }

    [Fact]
    public void LanesAndBlocksUseTheDictionary()
    {
        var dictionary = new LmzDictionary(SampleBytes.Text(3000, seed: 3));
        var content = SampleBytes.Text(120_000);
        foreach (var settings in (BlockSettings[])[new() { Bytes = false }, new() { Bytes = false, Mixing = false }, new() { Tokens = false }])
        {
            using var compressed = new MemoryStream();
            var options = new LmzCompressionOptions { Model = Model, Dictionary = dictionary, BlockLength = 70_000, Threads = 2 };
            FrameCompressor.Compress(new MemoryStream(content), compressed, options, settings, null, CancellationToken.None);
            Assert.Equal(content, Lmz.Decompress(compressed.ToArray(), new LmzDecompressionOptions { Models = [Model], Dictionary = dictionary }));
        }
    }

    [Fact]
    public void MissingReferenceDataIsNamed()
    {
        var (dictionary, other) = (new LmzDictionary("a dictionary"u8), new LmzDictionary("another"u8));
        var compressed = Lmz.Compress(SampleBytes.Text(500), new LmzCompressionOptions { Model = Model, Dictionary = dictionary });
        var error = Assert.Throws<DictionaryNotFoundException>(() => Lmz.Decompress(compressed, WithModel));
        Assert.Equal((dictionary.Id, null), (error.Needed, error.Offered));
        Assert.Contains(dictionary.Id, error.Message, StringComparison.Ordinal);
        error = Assert.Throws<DictionaryNotFoundException>(() => Lmz.Decompress(compressed, new LmzDecompressionOptions { Models = [Model], Dictionary = other }));
        Assert.Equal((dictionary.Id, other.Id), (error.Needed, error.Offered));
        Assert.Throws<ArgumentException>(() => new LmzDictionary([]));
        Assert.Throws<ArgumentException>(() => new LmzDictionary(new byte[LmzDictionary.MaxLength + 1]));
    }

    [Fact]
    public void OptionsAreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LmzCompressionOptions { Level = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LmzCompressionOptions { Level = 10 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LmzCompressionOptions { BlockLength = 4095 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LmzCompressionOptions { BlockLength = (1 << 24) + 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LmzCompressionOptions { Threads = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LmzDecompressionOptions { Threads = -1 });
    }

    private static LmzCompressionOptions Options(int threads = 1) => new() { Model = Model, BlockLength = 4096, Threads = threads };

    private static byte[] Compress(byte[] content, int threads = 1) => Lmz.Compress(content, Options(threads));

    private static byte[] CompressTokens(byte[] content, LmzCompressionOptions options)
    {
        using var compressed = new MemoryStream();
        FrameCompressor.Compress(new MemoryStream(content), compressed, options, new BlockSettings { Bytes = false }, null, CancellationToken.None);
        return compressed.ToArray();
    }

    private sealed class ReportList : IProgress<long>
    {
        public List<long> Values { get; } = [];

        public void Report(long value) => Values.Add(value);
    }

    /// <summary>A stream that cannot seek and hands out a few bytes at a time.</summary>
    private sealed class TrickleStream(byte[] data) : MemoryStream(data)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);
    }

    /// <summary>A stream that is longer or shorter than it says.</summary>
    private sealed class MisstatedStream(byte[] data, long length) : MemoryStream(data)
    {
        public override long Length => length;
    }
}
