namespace Compressor.Cli.Tests;

/// <summary>A file in parts, by a process each: the joined parts are the one file.</summary>
public sealed class PartTests(TestModels models) : ToolTest(models)
{
    private static readonly string[] Fast = ["compress", "-1", "--block-size", "4K"];

    [Theory]
    [InlineData(30_000, 3)]
    [InlineData(5000, 4)]
    [InlineData(0, 2)]
    public void Joined_parts_are_the_file_of_one_run(int length, int count)
    {
        Folder.Write("a", Text(length));
        AssertSucceeds(Run([.. Fast, "a"]));
        var names = MakeParts(count);
        AssertSucceeds(Run(["join", "-o", "joined", "--source", "a", .. names]));
        Assert.Equal(Folder.Read("a.lmz"), Folder.Read("joined"));
        Assert.Equal(File.GetLastWriteTimeUtc(Folder.File("a")), File.GetLastWriteTimeUtc(Folder.File("joined")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(File.GetUnixFileMode(Folder.File(names[0])), File.GetUnixFileMode(Folder.File("joined")));
        AssertSucceeds(Run(["join", "--end", "-o", "end", .. names]));
        Assert.Equal(Folder.Read("a.lmz"), names.Append("end").SelectMany(Folder.Read));
    }

    [Fact]
    public void Parts_made_with_different_instruction_sets_are_joined()
    {
        Folder.Write("a", Text(20_000));
        string[] words = ["compress", "--block-size", "8K"];
        AssertSucceeds(Run([.. words, "a"]));
        AssertSucceeds(Run([.. words, "--part", "1/2", "a"]));
        AssertSucceeds(ToolRun.Start(Folder.Path, Models.Directory, [.. words, "--part", "2/2", "a"], variable: "DOTNET_EnableHWIntrinsic=0"));
        AssertSucceeds(Run("join", "-o", "joined", "a.lmz.1-of-2", "a.lmz.2-of-2"));
        Assert.Equal(Folder.Read("a.lmz"), Folder.Read("joined"));
    }

    [Fact]
    public void Parts_that_do_not_belong_together_are_named()
    {
        Folder.Write("a", Text(20_000));
        var names = MakeParts(3);
        AssertFails(Run("join", "-o", "x", names[1], names[0], names[2]), "'a.lmz.2-of-3', part 2/3, comes before 'a.lmz.1-of-3', part 1/3");
        AssertFails(Run("join", "-o", "x", names[0], names[2]), "a part is missing");
        AssertFails(Run("join", "-o", "x", names[0], names[0], names[1], names[2]), "are both part 1/3");
        AssertFails(Run("join", "-o", "x", names[0] + ".json", names[1], names[2]), "is the description of a part");
        AssertFails(Run("join", "-o", names[0], "-f", names[0], names[1], names[2]), "the target 'a.lmz.1-of-3' is a part");
        AssertSucceeds(Run("compress", "-2", "--block-size", "4K", "--part", "2/3", "-o", "level2", "a"));
        AssertFails(Run("join", "-o", "x", names[0], "level2", names[2]), "'level2' and 'a.lmz.1-of-3' are not of one file: the former has level 2, not 1");
        Folder.Write(names[1], [.. Folder.Read(names[1])[..^1], 0]);
        AssertFails(Run(["join", "-o", "x", .. names]), "'a.lmz.2-of-3' is damaged");
        File.Delete(Folder.File(names[1] + ".json"));
        AssertFails(Run(["join", "-o", "x", .. names]), "its description 'a.lmz.2-of-3.json' cannot be read");
        Assert.DoesNotContain("x", Folder.Names);
    }

    [Fact]
    public void A_source_that_changed_between_parts_is_found()
    {
        var content = Text(20_000);
        Folder.Write("a", content);
        AssertSucceeds(Run([.. Fast, "--part", "1/2", "a"]));
        content[3]++; // the length stays, and the first part's content is another now
        Folder.Write("a", content);
        File.SetLastWriteTimeUtc(Folder.File("a"), DateTime.UnixEpoch);
        AssertSucceeds(Run([.. Fast, "--part", "2/2", "a"]));
        AssertFails(Run("join", "-o", "x", "a.lmz.1-of-2", "a.lmz.2-of-2"), "changed meanwhile");
        AssertFails(Run("join", "-o", "x", "--source", "a", "a.lmz.1-of-2", "a.lmz.2-of-2"), "'a.lmz.1-of-2' was not made of what 'a' has at bytes 0 to");
    }

    [Fact]
    public void What_is_there_is_looked_at_and_not_trusted()
    {
        Folder.Write("a", Text(20_000));
        string[] part = [.. Fast, "--part", "2/2", "--skip-existing", "-v", "a"];
        Assert.Contains("bytes in", Run(part).Errors, StringComparison.Ordinal);
        Assert.Contains("is there already", Run(part).Errors, StringComparison.Ordinal);
        var data = Folder.Read("a.lmz.2-of-2");
        Folder.Write("a.lmz.2-of-2", data[..^1]);
        AssertFails(Run(part), "already exists: use -f");
        AssertSucceeds(Run([.. part[..^2], "-f", "a"]));
        Assert.Equal(data, Folder.Read("a.lmz.2-of-2"));
        File.Delete(Folder.File("a.lmz.2-of-2")); // as after a kill between the two files
        AssertSucceeds(Run([.. part[..^2], "a"]));
        Assert.Equal(data, Folder.Read("a.lmz.2-of-2"));

        AssertSucceeds(Run([.. Fast, "--skip-existing", "a"]));
        Assert.Contains("is done already", Run([.. Fast, "--skip-existing", "-v", "a"]).Errors, StringComparison.Ordinal);
        Assert.Contains("is done already", Run("decompress", "--skip-existing", "-v", "a.lmz").Errors, StringComparison.Ordinal);
        Folder.Write("a", Text(20_000, seed: 2));
        AssertFails(Run([.. Fast, "--skip-existing", "a"]), "'a.lmz' already exists");
        AssertFails(Run("decompress", "--skip-existing", "a.lmz"), "'a' already exists");
    }

    [Fact]
    public void A_part_of_standard_input_is_that_part_alone()
    {
        var content = Text(20_000);
        Folder.Write("a", content);
        var names = MakeParts(2);
        var (offset, length) = new LmzPart(2, 2).RangeOf(content.Length, 4096);
        var range = content[(int)offset..(int)(offset + length)];
        AssertSucceeds(RunWithInput(range, [.. Fast, "--part", "2/2", "--length", "20000", "-o", "b"]));
        Assert.Equal(Folder.Read(names[1]), Folder.Read("b"));
        AssertFails(RunWithInput([.. range, 0], [.. Fast, "--part", "2/2", "--length", "20000", "-o", "c"]), "there are more than the");
        AssertFails(RunWithInput(range[1..], [.. Fast, "--part", "2/2", "--length", "20000", "-o", "c"]), "changed while it was read");
        AssertFails(RunWithInput(range, [.. Fast, "--part", "2/2", "-o", "c"]), "takes --length");
        Assert.DoesNotContain("c", Folder.Names);
    }

    [Fact]
    public void Decompressing_in_parts_gives_the_file()
    {
        var content = Text(30_000);
        Folder.Write("a.lmz", Lmz.Compress(content, new LmzCompressionOptions { Level = 1, BlockLength = 4096 }));
        foreach (var part in (string[])["3/3", "1/3", "2/3"])
        {
            AssertSucceeds(Run("decompress", "--part", part, "a.lmz"));
            AssertSucceeds(Run("decompress", "--part", part, "--into", "shared", "a.lmz"));
            AssertSucceeds(Run("test", "--part", part, "a.lmz"));
        }

        Assert.Equal(content, Folder.Read("shared"));
        Assert.Equal(content, ((string[])["a.1-of-3", "a.2-of-3", "a.3-of-3"]).SelectMany(Folder.Read));
        AssertFails(Run("decompress", "--part", "1/3", "a.lmz"), "'a.1-of-3' already exists");
        Folder.Write("longer", new byte[30_001]);
        AssertFails(Run("decompress", "--part", "1/3", "--into", "longer", "a.lmz"), "it is another file");
        var data = Folder.Read("a.lmz");
        data[^2000] ^= 1; // in the seek table's blocks, near the end
        Folder.Write("bad.lmz", data);
        AssertSucceeds(Run("test", "--part", "1/3", "bad.lmz"));
        Assert.Equal(1, Run("test", "--part", "3/3", "bad.lmz").ExitCode);
    }

    [Theory]
    [InlineData("--part must be I/N", "--part", "3/2", "a")]
    [InlineData("--part needs a target file", "--part", "1/2", "-c", "a")]
    [InlineData("--part and --rm", "--part", "1/2", "--rm", "a")]
    [InlineData("--length is for --part", "--length", "7", "a")]
    public void Bad_requests_are_refused(string reason, params string[] words)
    {
        Folder.Write("a", Text());
        var run = Run(["compress", .. words]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
        Assert.Equal(["a"], Folder.Names);
    }

    private string[] MakeParts(int count)
    {
        var names = new string[count];
        for (var i = 1; i <= count; i++)
        {
            AssertSucceeds(Run([.. Fast, "--part", $"{i}/{count}", "a"]));
            names[i - 1] = $"a.lmz.{i}-of-{count}";
        }

        return names;
    }
}
