using Compressor.Benchmarks.Claim;

namespace Compressor.Benchmarks.Tests;

public sealed class ClaimTests
{
    private static readonly double[] Sizes = [25e3, 70e3, 2e5, 5e5, 1.3e6, 2.4e6];

    [Theory]
    [InlineData(12.5, 0.07)]
    [InlineData(3, 0.5)]
    public void APowerLawIsFoundInExactData(double a, double b)
    {
        var law = PowerLaw.Fit([.. Sizes.Select(x => (x, a * Math.Pow(x, -b)))]);
        Assert.Equal((a, b, 0.0), (law.A, law.B, law.C), new Near(1e-9));
    }

    [Theory]
    [InlineData(30, 0.3, 1.5)]
    [InlineData(4, 0.08, 0.9)]
    [InlineData(700, 0.6, 0)]
    public void AFloorIsFoundInExactData(double a, double b, double c)
    {
        var law = PowerLaw.FitWithFloor([.. Sizes.Select(x => (x, c + a * Math.Pow(x, -b)))]);
        Assert.Equal((a, b, c), (law.A, law.B, law.C), new Near(1e-3));
    }

    [Fact]
    public void AFloorIsNeverBelowZero()
    {
        // A line through these in x^-b would rather start below 0.
        var law = PowerLaw.FitWithFloor([(1, 10), (10, 5), (100, 0.4)]);
        Assert.Equal(0, law.C);
        Assert.InRange(law.At(10), 3, 7);
    }

    [Fact]
    public void ThreeUnknownsNeedThreePoints() => Assert.Throws<ArgumentException>(() => PowerLaw.FitWithFloor([(1, 2), (2, 1)]));

    [Fact]
    public void LlamaIsTheArithmeticOfTheTalk()
    {
        var llama = TrainingPass.Llama65B;
        Assert.Equal(5.6e12, llama.DataBytes, 5.6e3);
        Assert.Equal(4, llama.BytesPerToken, 1e-9);
        // 400 GB are 3.2·10¹² bits, of 1.4·10¹² tokens 2.2857 bits each, which are 1.5843 nats.
        Assert.Equal(1.5843, llama.MeanLoss, 1e-4);
        Assert.Equal(400e9, llama.AreaBytes, 1);
        Assert.Equal(400.001e9, llama.DescriptionBytes, 1);
        Assert.Equal(14.0, llama.Ratio, 0.001);
    }

    [Fact]
    public void ALossOfLn2IsABitAToken() =>
        Assert.Equal((800.0, 100.0, 110.0), (Pass(bytesPerToken: 1).DataBytes, Pass(1).AreaBytes, Pass(1).DescriptionBytes), new Near(1e-12));

    [Fact]
    public void DescriptionsAddUp()
    {
        var state = new PassState(10, 1000, 4000, 8001);
        var point = new PassPoint(state, HeldOutBits: 2, Accuracy: 0.5, SeenBits: 1.5, ModelBytes: 300);
        var rung = new LadderFiles.Rung("w", 1, 2, TokenizerBytes: 50, Documents: 3, [state], [point]);
        // 8001 bits are 1001 bytes begun; 100 of program, 50 of tokenizer, 3 · 4 of lengths.
        Assert.Equal(new DescriptionLength(162, 1001), AreaExperiment.Prequential(rung, state, program: 100));
        // 4000 · 1.5 bits are 750 bytes; the tokenizer is a part of the model.
        Assert.Equal(new DescriptionLength(412, 750), AreaExperiment.TwoPart(rung, point, program: 100));
        Assert.Equal(1162, AreaExperiment.TwoPart(rung, point, program: 100).Total);
    }

    [Fact]
    public void CodesCrossWhereTheirLogarithmsDo()
    {
        Assert.Equal(Math.Sqrt(1000), AreaExperiment.Crossing([(10, 100, 200), (100, 200, 100)])!.Value, 1e-9);
        Assert.Null(AreaExperiment.Crossing([(10, 100, 50), (100, 100, 200)]));
        Assert.Equal(10, AreaExperiment.Crossing([(10, 100, 50), (100, 100, 20)]));
    }

    [Fact]
    public void CorrelationsOfLinesAndCurves()
    {
        (double, double)[] falling = [(1, 6), (2, 4), (3, 2)], curved = [(1, 1), (2, 8), (3, 27), (4, 64)], tied = [(1, 1), (1, 1), (2, 5)];
        Assert.Equal(-1, Correlation.Pearson(falling), 1e-12);
        Assert.InRange(Correlation.Pearson(curved), 0.9, 0.99);
        Assert.Equal(1, Correlation.Spearman(curved), 1e-12);
        Assert.Equal(1, Correlation.Spearman(tied), 1e-12);
        Assert.Throws<ArgumentException>(() => Correlation.Pearson([(1, 1), (2, 1)]));
    }

    [Fact]
    public void TheCourseIsTheMeanBetweenWarmUpAndDecay()
    {
        // 2 bits a byte from step 20 to 90 of 120; more before, less after.
        PassState[] course = [.. Enumerable.Range(1, 12).Select(i => new PassState(10 * i, 100 * i, 200 * i, Bits(i)))];
        var points = LadderExperiment.LossAgainstTokens(course, warmup: 20, decay: 90);
        Assert.All(points, p => Assert.Equal(2, p.BitsPerByte, 1e-9));
        Assert.All(points, p => Assert.InRange(p.Tokens, 200, 900));
        Assert.True(points.Count > 3);

        static double Bits(int i) => 200 * (i <= 2 ? 5 * i : i <= 9 ? 10 + 2 * (i - 2) : 24 + (i - 9));
    }

    [Fact]
    public void LadderFilesKeepWhatTheyWereGiven()
    {
        var folder = Directory.CreateTempSubdirectory("compressor-claim-tests-").FullName;
        try
        {
            var state = new PassState(1, 2, 3, 4.5);
            var rung = new LadderFiles.Rung("w", 10, 20, 30, 40, [state], [new PassPoint(state, 1.25, 0.5, 1.5, 60)]);
            LadderFiles.Save(folder, [rung]);
            var loaded = Assert.Single(LadderFiles.Load(folder));
            Assert.Equal(rung.Points, loaded.Points);
            Assert.Equal(rung.Course, loaded.Course);
            Assert.Equal(rung with { Points = loaded.Points, Course = loaded.Course }, loaded);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TrainingPass Pass(double bytesPerToken) => new(800, bytesPerToken, Math.Log(2), 10);

    private sealed class Near(double tolerance) : IEqualityComparer<(double, double, double)>
    {
        public bool Equals((double, double, double) x, (double, double, double) y) =>
            Close(x.Item1, y.Item1) && Close(x.Item2, y.Item2) && Close(x.Item3, y.Item3);

        public int GetHashCode((double, double, double) values) => 0;

        private bool Close(double one, double other) => Math.Abs(one - other) <= tolerance * Math.Max(1, Math.Abs(one));
    }
}
