using Compressor.Kernels;
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
        var config = RandomModel.Config(heads, keyValueHeads, window, buckets);
        var file = RandomModel.Weights(config, 1);
        var tokens = RandomModel.Tokens(3 * window + 41, 2);   // several slides of the cache and a partial last chunk
        var reference = new ReferenceTransformer(config, file);
        Interval[] wanted = [.. tokens.Select(reference.Next)];
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
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
        var config = RandomModel.Config();
        var model = new NetworkModel(new NgramTransformer(config, RandomModel.Weights(config, 5)));
        const int Steps = 150;
        int[][] tokens = [.. Enumerable.Range(0, lanes).Select(lane => RandomModel.Tokens(Steps - (lane == lanes - 1 ? 1 : 0), lane))];
        Interval[][] wanted = [.. tokens.Select(lane => Scores.IntervalsOf(model, lane))];

        using var session = model.OpenSession(lanes);
        for (var t = 0; t < Steps; t++)
        {
            var active = tokens.Count(lane => t < lane.Length);
            if (active == 0) break;
            session.Predict(active);
            for (var lane = 0; lane < active; lane++)
            {
                // Every point of the coded interval, its ends above all, must lead back to the token.
                var interval = wanted[lane][t];
                foreach (var quantile in (uint[])[interval.Start, interval.Start + interval.Width / 2, interval.Start + interval.Width - 1])
                {
                    Assert.Equal(tokens[lane][t], session.Distribution(lane).Find(quantile, out var found));
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
        var config = RandomModel.Config();
        const int Lanes = 5;
        using var session = new NetworkModel(new NgramTransformer(config, RandomModel.Weights(config, 3))).OpenSession(Lanes);
        var tokens = RandomModel.Tokens(Lanes, 4);
        var windows = new long[10];
        for (var step = 0; step < 20 * windows.Length; step++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            session.Predict(Lanes);
            for (var lane = 0; lane < Lanes; lane++) session.Distribution(lane).IntervalOf(tokens[lane]);
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
        var config = RandomModel.Config() with { VocabularySize = vocabularySize };
        var file = RandomModel.Weights(config, 11);
        var tokens = RandomModel.Tokens(75, 12, vocabularySize);
        tokens[^1] = vocabularySize - 1;
        var reference = new ReferenceTransformer(config, file);
        Interval[] wanted = [.. tokens.Select(reference.Next)];
        var model = new NetworkModel(new NgramTransformer(config, file));
        var got = Scores.IntervalsOf(model, tokens);
        Assert.Equal(wanted, got);
        using var session = model.OpenSession(1);
        for (var t = 0; t < tokens.Length; t++)
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
        var config = RandomModel.Config() with { VocabularySize = vocabularySize };
        var file = RandomModel.Weights(config, 7);
        using var session = new NetworkModel(new NgramTransformer(config, file)).OpenSession(1);
        session.Predict(1);
        uint next = 0;
        for (var token = 0; token < config.VocabularySize; token++)
        {
            Assert.Equal(token, session.Distribution(0).Find(next, out var interval));
            Assert.Equal(next, interval.Start);
            Assert.True(interval.Width >= 1);
            next += interval.Width;
        }
        Assert.Equal(1u << Interval.PrecisionBits, next);
    }

    [Fact]
    public void WeightsThatBreakThePairBoundAreRefused()
    {
        var config = RandomModel.Config(buckets: 0);
        var file = RandomModel.Weights(config, 9);
        var entry = file.Get("lm_head.weight", ElementType.I8, config.VocabularySize, config.HiddenSize);
        var bytes = entry.Bytes.ToArray();
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
        var config = RandomModel.Config(buckets: 0);
        var file = RandomModel.Weights(config, 9);
        var entry = file.Get("model.layers.1.mlp.up_proj.weight_scale", ElementType.F32, config.IntermediateSize);
        var bytes = entry.Bytes.ToArray();
        BitConverter.TryWriteBytes(bytes.AsSpan(8), scale);
        Assert.Throws<InvalidDataException>(() => new NgramTransformer(config, WithTensor(file, entry with { Bytes = bytes })));
    }

    /// <summary>The same file with one tensor replaced, by way of its bytes.</summary>
    private static SafetensorsFile WithTensor(SafetensorsFile file, SafetensorsEntry replacement)
    {
        using var stream = new MemoryStream();
        file.Save(stream);
        var bytes = stream.ToArray();
        var original = file.Get(replacement.Name, replacement.Type, replacement.Shape);
        var at = bytes.AsSpan().IndexOf(original.Bytes.Span);
        replacement.Bytes.Span.CopyTo(bytes.AsSpan(at));
        return SafetensorsFile.Load(bytes);
    }
}
