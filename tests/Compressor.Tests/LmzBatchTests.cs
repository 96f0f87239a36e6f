using Compressor.Blocks;
using Compressor.Frames;
using Compressor.Prediction.Networks;
using Compressor.Tests.Prediction;
using Compressor.Tests.Prediction.Networks;
using Compressor.Tests.Symbols;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests;

/// <summary>Records in a batch are what they are alone, in both directions; a damaged one is named and hides no other.</summary>
public sealed class LmzBatchTests
{
    private static readonly LanguageModel Model = AdaptiveModel.Create(out _);
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model], Threads = 3 };
    private static readonly LmzDictionary Dictionary = new(SampleBytes.Text(700, seed: 9));

    [Theory]
    [InlineData(6, true, false)]
    [InlineData(6, false, false)]
    [InlineData(6, true, true)]
    [InlineData(2, true, true)]
    public void RecordsAreWhatTheyAreAlone(int level, bool mixing, bool hasDictionary) =>
        Prop.ForAll(Arb.From(Gen.ListOf(SampleBytes.Generator)), records =>
        {
            var options = new LmzCompressionOptions
            {
                Model = Model,
                Level = level,
                Mixing = mixing,
                Dictionary = hasDictionary ? Dictionary : null,
                Threads = 3,
                BlockLength = LmzCompressionOptions.MinBlockLength,
            };
            byte[][] all = [.. records];
            var packed = LmzBatch.Compress(all, options);
            Assert.Equal(all.Select(record => Lmz.Compress(record, options)), packed);
            var decompression = new LmzDecompressionOptions { Models = [Model], Threads = 3, Dictionary = Dictionary };
            Assert.Equal(all, LmzBatch.Decompress(packed, decompression));
            Assert.All(packed.Zip(all), pair => Assert.Equal(pair.Second, Lmz.Decompress(pair.First, decompression)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10).WithEndSize(1000));

    /// <summary>Each kind of block, lanes of every length beside each other, blocks with lanes of their own, many blocks, many frames.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void KindsOfRecordsMix(int threads)
    {
        List<byte[]> records = [[], [7], SampleBytes.Random(500), SampleBytes.Records(300, 24), SampleBytes.Text(200_000), SampleBytes.Text(9000), SampleBytes.Records(3000, 24)];
        for (var i = 0; i < 70; i++)
            records.Add(SampleBytes.Text(20 + (i * i % 900), seed: i));
        var options = new LmzCompressionOptions { Model = Model, Threads = threads };
        List<byte[]> packed = [.. LmzBatch.Compress(records, options)];
        Assert.Equal(records.Select(record => Lmz.Compress(record, options)), packed);

        records.Add([.. records[5], .. records[9], .. records[3]]);
        packed.Add([.. packed[5], .. packed[9], .. packed[3]]);
        records.Add(SampleBytes.Text(9000, seed: 4));
        packed.Add(Lmz.Compress(records[^1], new LmzCompressionOptions { Model = Model, BlockLength = 4096 }));
        records.Add(SampleBytes.Text(300, seed: 5));
        packed.Add(Lmz.Compress(records[^1], new LmzCompressionOptions { Model = Model, Mixing = false }));
        records.Add(SampleBytes.Text(300, seed: 6));
        packed.Add(Lmz.Compress(records[^1], new LmzCompressionOptions { Level = 3 }));
        Assert.Equal(records, LmzBatch.Decompress(packed, new LmzDecompressionOptions { Models = [Model], Threads = threads }));
        var blocks = packed.SelectMany(data => Lmz.ReadInfo(new MemoryStream(data))).SelectMany(frame => frame.Blocks).ToList();
        foreach (var type in (LmzBlockType[])[LmzBlockType.Stored, LmzBlockType.ContextMixing, LmzBlockType.Transformer, LmzBlockType.TransformerAndMixing])
            Assert.Contains(blocks, block => block.Type == type);
        Assert.Contains(blocks, block => block.Lanes > 1);
    }

    /// <summary>The transformer itself: rows of one step belong to different records.</summary>
    [Fact]
    public void TheNetworkKeepsRecordsApart()
    {
        var config = RandomModel.Config(window: 32) with { VocabularySize = TestTokenizers.Words.VocabularySize };
        var transformer = new NetworkModel(new NgramTransformer(config, RandomModel.Weights(config, seed: 5)));
        var model = new LanguageModel("random", ModelId.Parse("00000000000000aa"), TestTokenizers.Words, transformer);
        var records = Enumerable.Range(0, 40).Select(i => SampleBytes.Text(600 + (17 * i), seed: i)).ToArray();
        var packed = records.Select(Compress).ToArray();
        Assert.All(packed, data => Assert.Equal(LmzBlockType.TransformerAndMixing, Lmz.ReadInfo(new MemoryStream(data))[0].Blocks[0].Type));
        Assert.Equal(records, LmzBatch.Decompress(packed, new LmzDecompressionOptions { Models = [model], Threads = 2 }));

        byte[] Compress(byte[] record)
        {
            using var frame = new MemoryStream();
            FrameCompressor.Compress(
                new MemoryStream(record), frame, new LmzCompressionOptions { Model = model }, new BlockSettings { Bytes = false }, null, CancellationToken.None);
            return frame.ToArray();
        }
    }

    [Fact]
    public void DamageIsNamedAndHidesNoOther()
    {
        var records = Enumerable.Range(0, 60).Select(i => SampleBytes.Text(100 + (7 * i), seed: i)).ToArray();
        var packed = LmzBatch.Compress(records, new LmzCompressionOptions { Model = Model });
        var other = new LanguageModel("other", ModelId.Parse("00000000000000ff"), Model.Tokenizer, Model.TokenModel);
        packed[3] = packed[3][..^9];
        packed[17][^30] ^= 4; // within the payload
        packed[18][^8] ^= 1; // the check of the block
        packed[40] = Lmz.Compress(records[40], new LmzCompressionOptions { Model = other });
        packed[41] = Lmz.Compress(records[41], new LmzCompressionOptions { Model = Model, Dictionary = Dictionary });
        packed[42] = [];
        packed[59] = [.. packed[59], .. packed[17]];

        var error = Assert.Throws<LmzBatchException>(() => LmzBatch.Decompress(packed, WithModel));
        Assert.Equal([3, 17, 18, 40, 41, 42, 59], error.Failures.Select(failure => failure.Index));
        foreach (var (index, failure) in error.Failures)
        {
            var alone = Assert.ThrowsAny<Exception>(() => Lmz.Decompress(packed[index], WithModel));
            Assert.Equal((alone.GetType(), alone.Message), (failure.GetType(), failure.Message));
            Assert.Null(error.Contents[index]);
        }

        Assert.All(
            Enumerable.Range(0, 60).Except(error.Failures.Select(failure => failure.Index)), i => Assert.Equal(records[i], error.Contents[i]));
        Assert.Same(error.Failures[0].Error, error.InnerException);
        Assert.StartsWith("7 of 60 records cannot be decompressed; the first is record 3: Invalid .lmz data at byte", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ContentOfEachRecordIsBounded()
    {
        var packed = LmzBatch.Compress([SampleBytes.Text(100), SampleBytes.Text(101)], new LmzCompressionOptions { Model = Model });
        var error = Assert.Throws<LmzBatchException>(() => LmzBatch.Decompress(packed, new LmzDecompressionOptions { Models = [Model], MaxContentLength = 100 }));
        Assert.Equal([1], error.Failures.Select(failure => failure.Index));
    }

    [Fact]
    public void CancellationStops()
    {
        byte[][] records = [.. Enumerable.Repeat(SampleBytes.Text(300), 20)];
        var options = new LmzCompressionOptions { Model = Model };
        var packed = LmzBatch.Compress(records, options);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => LmzBatch.Compress(records, options, stop.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => LmzBatch.Decompress(packed, WithModel, stop.Token));
    }

    [Fact]
    public void NoRecordsAreNone()
    {
        Assert.Empty(LmzBatch.Compress(Array.Empty<byte[]>(), new LmzCompressionOptions { Model = Model }));
        Assert.Empty(LmzBatch.Decompress(Array.Empty<byte[]>()));
        Assert.Throws<ArgumentNullException>(() => LmzBatch.Compress(new byte[][] { null! }));
    }
}
