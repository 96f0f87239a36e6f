namespace Compressor.Cli.Tests;

public sealed class RoundTripTests(TestModels models) : ToolTest(models)
{
    private static readonly DateTime Time = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    [Fact]
    public void A_file_comes_back_with_its_time_and_mode()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherExecute;
        Folder.Write("a.txt", Text());
        File.SetLastWriteTimeUtc(Folder.File("a.txt"), Time);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder.File("a.txt"), Mode);

        AssertSucceeds(Run("compress", "a.txt"));
        Assert.Equal(["a.txt", "a.txt.lmz"], Folder.Names);
        Assert.True(Folder.Read("a.txt.lmz").Length < Text().Length * 9 / 10);
        AssertAttributes("a.txt.lmz");

        File.Delete(Folder.File("a.txt"));
        AssertSucceeds(Run("decompress", "a.txt.lmz"));
        Assert.Equal(Text(), Folder.Read("a.txt"));
        AssertAttributes("a.txt");

        void AssertAttributes(string name)
        {
            Assert.Equal(Time, File.GetLastWriteTimeUtc(Folder.File(name)));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(Mode, File.GetUnixFileMode(Folder.File(name)));
        }
    }

    [Fact]
    public void A_pipe_comes_back()
    {
        var compressed = RunWithInput(Text(), "compress");
        AssertSucceeds(compressed);
        var restored = RunWithInput(compressed.Output, "decompress", "-");
        AssertSucceeds(restored);
        Assert.Equal(Text(), restored.Output);
        Assert.Empty(Folder.Names);
    }

    [Fact]
    public void Standard_output_takes_several_files_one_after_the_other()
    {
        Folder.Write("a", Text(2000, 1));
        Folder.Write("b", Text(1000, 2));
        var compressed = Run("compress", "-cT2", "a", "b");
        AssertSucceeds(compressed);
        Assert.Equal([.. Compressed(Text(2000, 1)), .. Compressed(Text(1000, 2))], compressed.Output);
        Folder.Write("ab.lmz", compressed.Output);
        var restored = Run("decompress", "-o", "-", "ab.lmz");
        AssertSucceeds(restored);
        Assert.Equal([.. Text(2000, 1), .. Text(1000, 2)], restored.Output);
        Assert.Equal(["a", "ab.lmz", "b"], Folder.Names);
    }

    [Fact]
    public void An_empty_file_comes_back()
    {
        Folder.Write("empty", []);
        AssertSucceeds(Run("compress", "empty"));
        Assert.NotEmpty(Folder.Read("empty.lmz"));
        AssertSucceeds(Run("decompress", "-o", "again", "empty.lmz"));
        Assert.Empty(Folder.Read("again"));
    }

    [Fact]
    public void Sources_are_removed_only_on_request()
    {
        Folder.Write("a", Text());
        AssertSucceeds(Run("compress", "-k", "a"));
        Assert.Equal(["a", "a.lmz"], Folder.Names);
        AssertSucceeds(Run("compress", "--rm", "-f", "a"));
        Assert.Equal(["a.lmz"], Folder.Names);
        AssertSucceeds(Run("decompress", "--rm", "a.lmz"));
        Assert.Equal(["a"], Folder.Names);
        Assert.Equal(Text(), Folder.Read("a"));
    }

    [Theory]
    [InlineData("-x.txt")]
    [InlineData("@x")]
    [InlineData("[x]")]
    [InlineData("compress")]
    [InlineData("true")]
    [InlineData("a b\tü:=.txt")]
    public void Any_file_name_will_do(string name)
    {
        Folder.Write(name, Text());
        AssertSucceeds(Run("compress", "-f", "--", name));
        Assert.Equal(Compressed(Text()), Folder.Read(name + ".lmz"));
    }

    [Fact]
    public void Any_file_name_but_a_dash_will_do_without_marking()
    {
        string[] names = ["@x", "[x]", "compress", "compressor", "false"];
        foreach (var name in names)
            Folder.Write(name, Text());
        AssertSucceeds(Run(["compress", "-f", .. names]));
        Assert.Equal(names.Length * 2, Folder.Names.Length);
    }

    [Fact]
    public void Block_size_and_threads_are_taken()
    {
        Folder.Write("a", Text(10_000));
        AssertSucceeds(Run("compress", "--block-size", "4K", "-T", "3", "a"));
        using var file = File.OpenRead(Folder.File("a.lmz"));
        Assert.Equal([4096, 4096, 1808], Lmz.ReadInfo(file).Single().Blocks.Select(block => block.ContentLength));
    }

    [Fact]
    public void A_summary_is_shown_on_request()
    {
        Folder.Write("a", Text());
        var run = Run("compress", "-v", "a");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches($@"^a: 3000 -> {Folder.Read("a.lmz").Length} bytes \(\d\.\d\d bits/byte\) in \d+\.\d s\r?\n$", run.Errors);
        Assert.Empty(run.Output);
    }
}
