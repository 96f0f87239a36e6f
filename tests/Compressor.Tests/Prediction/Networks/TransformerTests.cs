using Compressor.Kernels;
using Compressor.Prediction;
using Compressor.Prediction.Networks;
using Compressor.RangeCoding;

namespace Compressor.Tests.Prediction.Networks;

/// <summary>Rules 1–4 of docs/exactness.md, held against the plain reference.</summary>
public sealed class TransformerTests
{
    public static TheoryData<int, int, int, int> Shapes() => new()
    {
        { 2, 1, 32, 64 },    // two query heads share one key head
        { 2, 2, 64, 0 },     // plain multi-head attention, no n-gram tables
        { 4, 1, 96, 64 },
        { 4, 2, 32, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EncodingEqualsTheReference(int heads, int keyValueHeads, int window, int buckets)
    {
        ModelConfig config = RandomModel.Config(heads, keyValueHeads, window, buckets);
        SafetensorsFile file = RandomModel.Weights(config, 1);
        int[] tokens = RandomModel.Tokens(3 * window + 41, 2);   // several slides of the cache and a partial last chunk
        var reference = new ReferenceTransformer(config, file);
        Interval[] wanted = [.. tokens.Select(reference.Next)];
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            Assert.Equal(wanted, Scores.IntervalsOf(new NetworkModel(new NgramTransformer(config, file, set)), tokens));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    public void SteppingLanesFindsWhatEncodingCoded(int lanes)
    {
        ModelConfig config = RandomModel.Config();
        var model = new NetworkModel(new NgramTransformer(config, RandomModel.Weights(config, 5)));
        const int Steps = 150;
        int[][] tokens = [.. Enumerable.Range(0, lanes).Select(lane => RandomModel.Tokens(Steps - (lane == lanes - 1 ? 1 : 0), lane))];
        Interval[][] wanted = [.. tokens.Select(lane => Scores.IntervalsOf(model, lane))];

        using ILaneSession session = model.OpenSession(lanes);
        for (int t = 0; t < Steps; t++)
        {
            int active = tokens.Count(lane => t < lane.Length);
            if (active == 0) break;
            session.Predict(active);
            for (int lane = 0; lane < active; lane++)
            {
                // Every point of the coded interval, its ends above all, must lead back to the token.
                Interval interval = wanted[lane][t];
                foreach (uint quantile in (uint[])[interval.Start, interval.Start + interval.Width / 2, interval.Start + interval.Width - 1])
                {
                    Assert.Equal(tokens[lane][t], session.Distribution(lane).Find(quantile, out Interval found));
                    Assert.Equal(interval, found);
                }
            }
            session.Advance([.. tokens.Take(active).Select(lane => lane[t])]);
        }
    }

    /// <summary>The runtime itself may allocate now and then while it compiles anew, so not every window of steps has to be free of it.</summary>
    [Fact]
    public void AStepAllocatesNothing()
    {
        ModelConfig config = RandomModel.Config();
        const int Lanes = 5;
        using ILaneSession session = new NetworkModel(new NgramTransformer(config, RandomModel.Weights(config, 3))).OpenSession(Lanes);
        int[] tokens = RandomModel.Tokens(Lanes, 4);
        var windows = new long[10];
        for (int step = 0; step < 20 * windows.Length; step++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            session.Predict(Lanes);
            for (int lane = 0; lane < Lanes; lane++) session.Distribution(lane).IntervalOf(tokens[lane]);
            session.Advance(tokens);
            windows[step / 20] += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Contains(0, windows);
    }

    [Theory]
    [InlineData(258)]
    [InlineData(287)]
    [InlineData(289)]
    public void VocabulariesNeedNotFillTheirLastPanel(int vocabularySize)
    {
        ModelConfig config = RandomModel.Config() with { VocabularySize = vocabularySize };
        SafetensorsFile file = RandomModel.Weights(config, 11);
        int[] tokens = RandomModel.Tokens(75, 12, vocabularySize);
        tokens[^1] = vocabularySize - 1;
        var reference = new ReferenceTransformer(config, file);
        Interval[] wanted = [.. tokens.Select(reference.Next)];
        var model = new NetworkModel(new NgramTransformer(config, file));
        Interval[] got = Scores.IntervalsOf(model, tokens);
        Assert.Equal(wanted, got);
        using ILaneSession session = model.OpenSession(1);
        for (int t = 0; t < tokens.Length; t++)
        {
            session.Predict(1);
            Assert.Equal(tokens[t], session.Distribution(0).Find(got[t].Start, out _));
            session.Advance([tokens[t]]);
        }
    }

    [Theory]
    [InlineData(288)]
    [InlineData(259)]
    public void IntervalsFillTheRange(int vocabularySize)
    {
        ModelConfig config = RandomModel.Config() with { VocabularySize = vocabularySize };
        SafetensorsFile file = RandomModel.Weights(config, 7);
        using ILaneSession session = new NetworkModel(new NgramTransformer(config, file)).OpenSession(1);
        session.Predict(1);
        uint next = 0;
        for (int token = 0; token < config.VocabularySize; token++)
        {
            Assert.Equal(token, session.Distribution(0).Find(next, out Interval interval));
            Assert.Equal(next, interval.Start);
            Assert.True(interval.Width >= 1);
            next += interval.Width;
        }
        Assert.Equal(1u << Interval.PrecisionBits, next);
    }

    [Fact]
    public void WeightsThatBreakThePairBoundAreRefused()
    {
        ModelConfig config = RandomModel.Config(buckets: 0);
        SafetensorsFile file = RandomModel.Weights(config, 9);
        SafetensorsEntry entry = file.Get("lm_head.weight", ElementType.I8, config.VocabularySize, config.HiddenSize);
        byte[] bytes = entry.Bytes.ToArray();
        (bytes[2], bytes[3]) = (100, unchecked((byte)-29));
        var error = Assert.Throws<InvalidDataException>(() => new NgramTransformer(config, WithTensor(file, entry with { Bytes = bytes })));
        Assert.Contains("lm_head.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("pair bound", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    [InlineData(1e6f)]
    public void ScalesThatCouldOverflowAreRefused(float scale)
    {
        ModelConfig config = RandomModel.Config(buckets: 0);
        SafetensorsFile file = RandomModel.Weights(config, 9);
        SafetensorsEntry entry = file.Get("model.layers.1.mlp.up_proj.weight_scale", ElementType.F32, config.IntermediateSize);
        byte[] bytes = entry.Bytes.ToArray();
        BitConverter.TryWriteBytes(bytes.AsSpan(8), scale);
        Assert.Throws<InvalidDataException>(() => new NgramTransformer(config, WithTensor(file, entry with { Bytes = bytes })));
    }

    /// <summary>The same file with one tensor replaced, by way of its bytes.</summary>
    private static SafetensorsFile WithTensor(SafetensorsFile file, SafetensorsEntry replacement)
    {
        using var stream = new MemoryStream();
        file.Save(stream);
        byte[] bytes = stream.ToArray();
        SafetensorsEntry original = file.Get(replacement.Name, replacement.Type, replacement.Shape);
        int at = bytes.AsSpan().IndexOf(original.Bytes.Span);
        replacement.Bytes.Span.CopyTo(bytes.AsSpan(at));
        return SafetensorsFile.Load(bytes);
    }
}
