using Compressor.Cli.Manifests;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Cli.Tests;

/// <summary>Many files by several processes: a plan, its shares, and what is done of it.</summary>
public sealed class ManifestTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void A_plan_covers_all_once_and_is_balanced() => Prop.ForAll(
        Gen.ListOf(Gen.Choose(0, 1 << 20)).Zip(Gen.Choose(1, 40)).ToArbitrary(),
        sample =>
        {
            PlannedSource[] sources = [.. sample.Item1.Select((length, i) => new PlannedSource($"f{i}", $"f{i}.lmz", length, default))];
            var (shares, blockLength) = (sample.Item2, 4096);
            var items = Planner.Plan(sources, shares, blockLength);
            foreach (var source in sources)
            {
                var parts = items.Where(item => item.File == source.Path).OrderBy(item => item.Part.Number).ToList();
                if (!parts.Select(item => item.Part).SequenceEqual(Enumerable.Range(1, parts.Count).Select(i => new LmzPart(i, parts.Count))) || parts.Count == 0)
                    return false;
            }

            // Whoever was given an item last had no more than the average before it.
            var loads = Enumerable.Range(1, shares).Select(share => items.Where(item => item.Share == share).Sum(item => item.Cost)).ToList();
            var longest = items.Count == 0 ? 0 : items.Max(item => item.Cost);
            return items.All(item => item.Share >= 1 && item.Share <= shares)
                && loads.Max() <= (loads.Sum() / shares) + longest
                && longest <= (loads.Sum() / shares) + (2 * blockLength) + 4096;
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Shares_do_all_of_a_plan_and_say_what_failed()
    {
        foreach (var (name, length) in (ReadOnlySpan<(string, int)>)[("a", 9000), ("b", 50_000), ("c", 0), ("d", 3000)])
            Folder.Write(name, Text(length));
        Folder.Write("list", "b\nc\r\n\nd\n"u8.ToArray());
        string[] plan = ["plan", "--parts", "3", "-1", "--block-size", "4K", "a", "--files-from", "list"];
        AssertSucceeds(Run([.. plan, "-o", "plan.jsonl"]));
        Assert.Equal(Folder.Read("plan.jsonl"), Run(plan).Output);
        Assert.Equal(1, Run("status", "--manifest", "plan.jsonl").ExitCode);
        AssertFails(Run("run", "--manifest", "plan.jsonl", "--part", "1/4"), "the plan is for 3 shares, not 4");
        AssertSucceeds(Run("run", "--manifest", "plan.jsonl", "--part", "2/3"));
        AssertFails(Run("join", "--manifest", "plan.jsonl"), "no such part");

        var content = Folder.Read("d");
        Folder.Write("d", Text(3001)); // some share has it
        var runs = Enumerable.Range(1, 3).Select(i => Run("run", "--manifest", "plan.jsonl", "--part", $"{i}/3")).ToList();
        var failed = Assert.Single(runs, run => run.ExitCode == 1);
        Assert.Contains("compressor: d: has changed since the plan was made", failed.Errors, StringComparison.Ordinal);
        Assert.Contains("failed:\n  d\n", failed.Errors, StringComparison.Ordinal);
        AssertSucceeds(Run("join", "--manifest", "plan.jsonl"));
        AssertSucceeds(Run("join", "--manifest", "plan.jsonl")); // is done already
        foreach (var name in (string[])["a", "b", "c"])
        {
            var whole = new MemoryStream();
            Lmz.Compress(new MemoryStream(Folder.Read(name)), whole, new LmzCompressionOptions { Level = 1, BlockLength = 4096 });
            Assert.Equal(whole.ToArray(), Folder.Read(name + ".lmz"));
        }

        Assert.NotEqual(content, Folder.Read("d"));
    }

    [Fact]
    public void Status_is_a_look_at_the_outputs()
    {
        Folder.Write("a", Text(30_000));
        AssertSucceeds(Run("plan", "--parts", "2", "-1", "--block-size", "4K", "a", "-o", "p"));
        AssertSucceeds(Run("run", "--manifest", "p", "--part", "1/2"));
        var run = Run("status", "-v", "--manifest", "p");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("not done: a, part 2/2 (share 2)", run.OutputText, StringComparison.Ordinal);
        AssertSucceeds(Run("run", "--manifest", "p", "--part", "2/2"));
        AssertSucceeds(Run("status", "--manifest", "p"));
        Folder.Write("a.lmz.1-of-2", [1]);
        Assert.Equal(1, Run("status", "--manifest", "p").ExitCode);
        Folder.Write("bad", "{\"shares\":2,\"options\":[]}\n{\"share\":3}\n"u8.ToArray());
        AssertFails(Run("status", "--manifest", "bad"), "bad: line 2 is not one of a plan: there is no share 3 of 2");
        AssertFails(Run("status", "--manifest", "a"), "a: line 1 is not one of a plan");
        AssertFails(Run("plan", "--parts", "2", "nowhere"), "nowhere: no such file");
    }
}
