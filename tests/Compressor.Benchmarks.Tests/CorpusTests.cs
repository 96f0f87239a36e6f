using System.Xml.Linq;
using Compressor.Benchmarks.Corpus;
using Compressor.Benchmarks.Plots;

namespace Compressor.Benchmarks.Tests;

public sealed class CorpusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("compressor-bench-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ShellFact]
    public void EveryFileIsMeasuredByEveryContestant()
    {
        var corpus = Corpus(("a.txt", "aaaa"), ("sub/b.txt", "bb"), ("empty", ""));
        Contestant[] contestants = [Command("copy=cat {in} > {out} => cat {in} > {out}"), Command("twice=cat {in} {in} > {out} => head -c $(($(wc -c < {in}) / 2)) {in} > {out}")];
        var results = CorpusRun.Run(corpus, contestants, Scratch(), 2, _ => { });
        Assert.Equal(
            [("a.txt", "copy", 4L, 4L), ("a.txt", "twice", 4L, 8L), ("sub/b.txt", "copy", 2L, 2L), ("sub/b.txt", "twice", 2L, 4L)],
            results.Select(m => (m.File, m.Codec, m.Raw, m.Compressed)));
    }

    [ShellFact]
    public void AContestantThatChangesTheFileIsFoundOut()
    {
        var corpus = Corpus(("a.txt", "aaaa"));
        Contestant[] liar = [Command("liar=cat {in} > {out} => tr a b < {in} > {out}")];
        var error = Assert.Throws<InvalidDataException>(() => CorpusRun.Run(corpus, liar, Scratch(), 1, _ => { }));
        Assert.Equal("liar does not give back a.txt", error.Message);
    }

    [ShellFact]
    public void ACommandThatFailsIsNamedWithWhatItSaid()
    {
        var corpus = Corpus(("a.txt", "aaaa"));
        Contestant[] broken = [Command("broken=echo cannot >&2; exit 3; cat {in} {out} => cat {in} > {out}")];
        var error = Assert.Throws<InvalidOperationException>(() => CorpusRun.Run(corpus, broken, Scratch(), 1, _ => { }));
        Assert.Equal("/bin/sh ended with 3: cannot", error.Message);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("name=only {in} {out}")]
    [InlineData("name=pack {in} => unpack {in} {out}")]
    [InlineData("=pack {in} {out} => unpack {in} {out}")]
    public void TemplatesMustNameBothFilesBothWays(string template) =>
        Assert.Contains($"'{template}'", Assert.Throws<ArgumentException>(() => CommandContestant.Parse(template)).Message, StringComparison.Ordinal);

    [Fact]
    public void TheTableMarksTheSmallestAndAddsUp()
    {
        var table = MarkdownReport.Write(Result());
        Assert.Contains("| x, \"y\" | 1000 | 500 | **250** |", table, StringComparison.Ordinal);
        Assert.Contains("| z | 3000 | **300** | 1500 |", table, StringComparison.Ordinal);
        Assert.Contains("| **total**, models not charged | 4000 | 800 | 1750 |", table, StringComparison.Ordinal);
        // 4000 bytes in 2 · 0.004 s there and 2 · 0.002 s back; 800 bytes of 4000 are 1.6 bits a byte.
        Assert.Contains("| one | 1.600 | 800 | 0 | 800 | 0.500 | 1.00 | 3 / 2 |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void TheModelIsChargedAndNotCharged()
    {
        var cost = new Cost(1, 1);
        var result = new CorpusResult([Command("plain=cat {in} > {out} => cat {in} > {out}"), new Owned()],
            [new("a", "plain", 1000, 500, cost, cost), new("a", "lmz", 1000, 250, cost, cost)], "corpus test");
        var table = MarkdownReport.Write(result);
        Assert.Contains("| a | 1000 | 500 | **250** | 2.000 |", table, StringComparison.Ordinal);
        Assert.Contains("| **total**, models not charged | 1000 | 500 | 250 | 2.000 |", table, StringComparison.Ordinal);
        Assert.Contains("| **total**, models charged | 1000 | 500 | 950 | 7.600 |", table, StringComparison.Ordinal);
        Assert.Contains("lmz: smaller than all others on 1 of 1 files, in total 50.0 % below plain", table, StringComparison.Ordinal);
    }

    [Fact]
    public void APageGetsTheFiguresAndKeepsItsProse()
    {
        var page = Path.Combine(_folder, "page.md");
        File.WriteAllText(page, "by hand\n" + string.Concat(MarkdownReport.SectionNames.Select(n => $"<!-- {n}, made by: -->\nstale\n<!-- end -->\n")));
        CorpusCommand.Write(Result(), page, "unused");
        var text = File.ReadAllText(page);
        Assert.StartsWith("by hand\n<!-- files, made by: corpus test -->\n", text, StringComparison.Ordinal);
        Assert.Contains("| z | 3000 | **300** | 1500 |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("stale", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "page", "speed-ratio.svg")));
    }

    [Fact]
    public void ValuesWithCommasAreQuoted() =>
        Assert.Contains("\"x, \"\"y\"\"\",one,1000,500,4.0000,0.0040,0.0020,3000000,2000000\n", CsvReport.Write(Result()), StringComparison.Ordinal);

    [Fact]
    public void PlotsShowEveryMeasurement()
    {
        XElement bars = XElement.Parse(FileBarsPlot.Draw(Result())), dots = XElement.Parse(SpeedRatioPlot.Draw(Result()));
        string[] tips = [.. bars.Descendants().Where(e => e.Name.LocalName == "title").Select(e => e.Value)];
        Assert.Contains("x, \"y\", one: 4.000 bits/byte, 500 bytes", tips);
        Assert.Contains("z, two: 4.000 bits/byte, 1500 bytes", tips);
        // Two contestants, there and back.
        Assert.Equal(4, dots.Descendants().Count(e => e.Name.LocalName == "circle"));
    }

    [Fact]
    public void LabelsGiveWayToEachOther()
    {
        var labels = new LabelPlacer(0, 400);
        labels.Keep(100, 100);
        labels.Keep(100, 101);
        var first = labels.Place(100, 100, "one");
        var second = labels.Place(100, 101, "two");
        Assert.NotEqual((first.Y, first.Anchor), (second.Y, second.Anchor));
    }

    private static CommandContestant Command(string template) => CommandContestant.Parse(template);

    private sealed class Owned : Contestant
    {
        public override string Name => "lmz";

        public override string Version => "0";

        public override long ModelBytes => 700;

        public override Cost Compress(string input, string output) => throw new NotSupportedException();

        public override Cost Decompress(string input, string output) => throw new NotSupportedException();
    }

    private static CorpusResult Result()
    {
        var there = new Cost(0.004, 3_000_000);
        var back = new Cost(0.002, 2_000_000);
        return new CorpusResult(
            [Command("one=cat {in} > {out} => cat {in} > {out}"), Command("two=cat {in} > {out} => cat {in} > {out}")],
            [
                new("x, \"y\"", "one", 1000, 500, there, back), new("x, \"y\"", "two", 1000, 250, there, back),
                new("z", "one", 3000, 300, there, back), new("z", "two", 3000, 1500, there, back),
            ],
            "corpus test");
    }

    private string Corpus(params (string Path, string Text)[] files)
    {
        var folder = Path.Combine(_folder, "corpus");
        foreach (var (path, text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), text);
        }
        return folder;
    }

    private string Scratch() => Directory.CreateDirectory(Path.Combine(_folder, "scratch")).FullName;
}
