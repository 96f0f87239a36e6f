using Compressor.Container;
using Compressor.Kernels;
using Compressor.Payload;
using Compressor.Prediction.Mixing;
using Compressor.Prediction.Networks;
using Compressor.Symbols;
using Compressor.Tests.Prediction.Networks;

namespace Compressor.Tests;

/// <summary>Blocks of a model that learns while it codes.</summary>
public sealed class LearningBlockTests
{
    private static readonly ModelConfig Config = RandomModel.Config() with { VocabularySize = 257 };
    private static readonly LanguageModel Model = ModelOf(InstructionSets.Current);
    private static readonly byte[] Content = Text(6_000);
    private static readonly byte[] Packed = Pack(Content);

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(6_000)]
    public void ContentComesBack(int length)
    {
        var content = Content[..length];
        Assert.Equal(content, Lmz.Decompress(Pack(content), new LmzDecompressionOptions { Models = [Model] }));
    }

    [Fact]
    public void LearningIsWhatMakesItSmall()
    {
        Assert.Equal(LmzBlockType.Learning, TypeOf(Packed));
        var without = Lmz.Compress(Content, new LmzCompressionOptions { Model = Model, Level = 9 });
        Assert.True(Packed.Length < without.Length, $"{Packed.Length} and {without.Length}");
    }

    [Fact]
    public void EveryInstructionSetAndThreadCountMakesTheSameFile()
    {
        Assert.Equal(LmzBlockType.Learning, TypeOf(Packed));
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            var model = ModelOf(set);
            foreach (var threads in set == InstructionSets.Current ? (int[])[1, 2, 4] : [1])
            {
                Assert.Equal(Packed, Pack(Content, model, threads));
                Assert.Equal(Content, Lmz.Decompress(Packed, new LmzDecompressionOptions { Models = [model], Threads = threads }));
            }
        }
    }

    [Fact]
    public void LearnsTheDictionaryFirst()
    {
        // Bytes alone are smaller here: the coder is asked directly.
        var dictionary = DictionaryTokens.Of(Content.AsSpan(..3_000), Model);
        int[] tokens = [.. Content[3_000..4_000].Select(value => (int)value)];
        var layout = new LaneLayout(tokens.Length, 2);
        var (with, without) = (CoderWith(dictionary).Encode(tokens), CoderWith(null).Encode(tokens));
        Assert.True(with.Length < without.Length * 9 / 10, $"{with.Length} and {without.Length}");

        var decoded = new List<int>[] { [], [] };
        CoderWith(dictionary).Decode(with, tokens.Length, (lane, token) => decoded[lane].Add(token), null);
        Assert.Equal(tokens, decoded[0].Concat(decoded[1]));

        LearningCoder CoderWith(DictionaryTokens? first) => new(
            Model, layout, new MixingParameters(new ByteShape(ByteProfile.Text, 0), 10), new LearningHeader(8, 1 << 9, 1 << 12), first, 1, null, default);
    }

    [Fact]
    public void ABatchDecodesThemToo()
    {
        Assert.Equal(LmzBlockType.Learning, TypeOf(Packed));
        Assert.Equal([Content, Content], LmzBatch.Decompress([Packed, Packed], new LmzDecompressionOptions { Models = [Model] }));
    }

    [Fact]
    public void DamageIsFound()
    {
        Assert.Equal(LmzBlockType.Learning, TypeOf(Packed));
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            var damaged = Packed.ToArray();
            damaged[random.Next(30, damaged.Length - 1)] ^= (byte)(1 << random.Next(8));
            var error = Record.Exception(() => Lmz.Decompress(damaged, new LmzDecompressionOptions { Models = [Model] }));
            Assert.True(error is InvalidDataException or ModelNotFoundException, $"{error}");
        }
    }

    [Theory]
    [InlineData(0, 1, 1)]              // no tokens in a step
    [InlineData(15, 1, 1)]             // not a multiple of 16
    [InlineData(272, 1, 1)]            // too many
    [InlineData(16, 65537, 1)]         // a rate above the highest
    [InlineData(16, 1, 65537)]
    public void HeadersOutOfBoundsAreRefused(int steps, int rate, int tableRate)
    {
        var header = BlockHeader.OfLearning(
            100, Model.Id, default, 1, 100, new MixingHeader(0, 0, 10), new LearningHeader(steps, rate, tableRate), 50);
        var reader = new FormatReader(header.ToBytes(), 0);
        Assert.Null(BlockHeader.Read(reader));
        Assert.NotNull(reader.Error);
    }

    private static LmzBlockType TypeOf(byte[] packed) => Lmz.ReadInfo(new MemoryStream(packed)).Single().Blocks.Single().Type;

    private static byte[] Pack(byte[] content) => Pack(content, Model, 1);

    private static byte[] Pack(byte[] content, LanguageModel model, int threads) =>
        Lmz.Compress(content, new LmzCompressionOptions { Model = model, Learn = true, Level = 9, Threads = threads });

    private static LanguageModel ModelOf(InstructionSet set)
    {
        var tokenizer = new Tokenizer([]);
        var file = RandomModel.Weights(Config, 1);
        var vocabulary = LanguageModel.VocabularyOf(tokenizer);
        var network = new NgramTransformer(Config, file.WithRows(vocabulary.Order, "lm_head.weight", "lm_head.weight_scale"), set);
        return new LanguageModel("random", ModelId.Of(1), tokenizer, new NetworkModel(network));
    }

    /// <summary>Words of few letters in an order that is hard to remember and easy to learn.</summary>
    private static byte[] Text(int length)
    {
        var random = new Random(5);
        var text = new byte[length];
        for (var (i, state) = (0, 0); i < length; i++)
        {
            state = ((state * 3) + random.Next(2) + 1) % 26;
            text[i] = (byte)('a' + state);
        }

        return text;
    }
}
