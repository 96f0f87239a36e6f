using System.Diagnostics;

namespace Compressor.Cli.Tests;

public sealed class OutputTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void Files_are_overwritten_only_on_request()
    {
        Folder.Write("a", Text());
        Folder.Write("a.lmz", [1, 2, 3]);
        AssertFails(Run("compress", "a"), "a: 'a.lmz' already exists: use -f");
        Assert.Equal([1, 2, 3], Folder.Read("a.lmz"));
        Assert.Equal(["a", "a.lmz"], Folder.Names);
        AssertSucceeds(Run("compress", "-f", "a"));
        Assert.Equal(Compressed(Text()), Folder.Read("a.lmz"));
        Assert.Equal(["a", "a.lmz"], Folder.Names);
    }

    [Fact]
    public void The_source_is_never_the_target()
    {
        Folder.Write("a", Text());
        AssertFails(Run("compress", "-f", "-o", "./a", "a"), "same file");
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Folder.File("link"), "a");
            AssertFails(Run("compress", "-f", "-o", "link", "a"), "same file");
        }

        Assert.Equal(Text(), Folder.Read("a"));
    }

    [Fact]
    public void A_target_needs_its_folder_and_is_not_one()
    {
        Folder.Write("a", Text());
        AssertFails(Run("compress", "-o", "no/b", "a"), "does not exist");
        Directory.CreateDirectory(Folder.File("a.lmz"));
        AssertFails(Run("compress", "-f", "a"), "is a directory");
        Assert.Equal(["a", "a.lmz"], Folder.Names);
    }

    [Fact]
    public void A_file_that_fails_does_not_keep_others_from_being_done()
    {
        Folder.Write("a", Text(seed: 1));
        Folder.Write("b", Text(seed: 2));
        Directory.CreateDirectory(Folder.File("folder"));
        var run = Run("compress", "--rm", "a", "missing", "folder", "done.lmz", "", "b");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            [
                "compressor: missing: no such file",
                "compressor: folder: is a directory: use -r for the files in it",
                "compressor: done.lmz: no such file",
                "compressor: : an empty text is no file name",
            ],
            run.Errors.TrimEnd().Split(Environment.NewLine));
        Assert.Equal(["a.lmz", "b.lmz", "folder"], Folder.Names);
    }

    [Fact]
    public void Names_must_say_what_to_do()
    {
        Folder.Write("a", Compressed(Text()));
        AssertFails(Run("decompress", "a"), "a: does not end in .lmz");
        Folder.Write("a.lmz", Text());
        AssertFails(Run("compress", "a.lmz"), "a.lmz: already has the suffix .lmz");
        AssertSucceeds(Run("decompress", "a", "-o", "b"));
        Assert.Equal(Text(), Folder.Read("b"));
        Assert.Equal(["a", "a.lmz", "b"], Folder.Names);
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Folder.Write("a", Text());
        AssertSucceeds(Run("compress", "-o", "/dev/null", "a"));
        Assert.Equal(0, new FileInfo("/dev/null").Length);
        AssertFails(Run("compress", "-o", "/dev/full", "a"), "a: no space left on device");
    }

    [Fact]
    public void Termination_leaves_nothing()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var process = ToolRun.Launch(Folder.Path, Models.Directory, ["compress", "-o", "b"]); // and no input
        while (Folder.Names.Length == 0)
        {
            Assert.False(process.HasExited);
            Thread.Yield();
        }

        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        process.WaitForExit();
        Assert.Equal(143, process.ExitCode);
        Assert.Empty(Folder.Names);
    }
}
