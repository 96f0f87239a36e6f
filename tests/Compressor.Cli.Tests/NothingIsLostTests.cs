using System.Diagnostics;
using System.Text;

namespace Compressor.Cli.Tests;

/// <summary>Ways to lose data that other tools have had: what is read must be there afterwards, or something that it can be made of again.</summary>
[Trait("Category", "NothingIsLost")]
public sealed class NothingIsLostTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void A_dictionary_is_neither_deleted_nor_written_over()
    {
        foreach (var name in (string[])["v1.json", "v2.json", "v3.json"])
            Folder.Write(name, Text(seed: name[1]));
        AssertFails(Run("compress", "-1", "--rm", "--dictionary", "v1.json", "v1.json", "v2.json", "v3.json"), "v1.json: --rm would delete a dictionary");
        Assert.Equal(["v1.json", "v2.json.lmz", "v3.json.lmz"], Folder.Names);
        AssertFails(Run("compress", "-1", "-f", "--dictionary", "v1.json", "-o", "./v1.json", "v2.json.lmz"), "the target './v1.json' is a dictionary");
        AssertFails(Run("decompress", "-f", "--dictionary", "v1.json", "-o", "v1.json", "v2.json.lmz"), "the target 'v1.json' is a dictionary");
        AssertFails(Run("report", "-f", "--dictionary", "v1.json", "-o", "v1.json", "v2.json.lmz"), "the target 'v1.json' is a dictionary");
        Assert.Equal(Text(seed: '1'), Folder.Read("v1.json"));
        AssertSucceeds(Run("decompress", "--dictionary", "v1.json", "v2.json.lmz"));
        Assert.Equal(Text(seed: '2'), Folder.Read("v2.json"));
    }

    [Fact]
    public void Models_are_neither_deleted_nor_written_over()
    {
        Folder.Write("a", Text());
        TestModels.Write(Folder.File("model"), seed: 3);
        var weights = Folder.Read("model/model.safetensors");
        AssertFails(Run("compress", "-f", "-m", "model", "-o", "model/model.safetensors", "a"), "is a part of the model 'model'");
        AssertFails(Run("compress", "--rm", "-m", "model", "model/model.safetensors"), "--rm would delete a part of the model 'model'");
        AssertSucceeds(Run("compress", "-m", "model", "a"));
        AssertFails(Run("decompress", "-f", "-m", "model", "-o", "model/config.json", "a.lmz"), "is a part of the model 'model'");
        AssertFails(Run("report", "-f", "-m", "model", "-o", "model/config.json", "a"), "is a part of the model 'model'");
        Assert.Equal(weights, Folder.Read("model/model.safetensors"));
        AssertSucceeds(Run("test", "-m", "model", "a.lmz"));
    }

    [Fact]
    public void Two_files_do_not_become_one()
    {
        foreach (var folder in (string[])["p", "q", "out"])
            Directory.CreateDirectory(Folder.File(folder));
        Folder.Write("p/x", Text(seed: 1));
        Folder.Write("q/x", Text(seed: 2));
        Folder.Write("y", Text(seed: 3));
        var run = Run("compress", "-1", "-f", "--rm", "--output-dir", "out", "p/x", "y", "q/x");
        Assert.Equal(
            ["compressor: p/x: the target 'out/x.lmz' is that of 'q/x' too", "compressor: q/x: the target 'out/x.lmz' is that of 'p/x' too"],
            run.Errors.TrimEnd().Split(Environment.NewLine));
        Assert.Equal(Text(seed: 1), Folder.Read("p/x"));
        Assert.Equal(Text(seed: 2), Folder.Read("q/x"));
        Assert.Equal(["y.lmz"], Directory.GetFiles(Folder.File("out")).Select(Path.GetFileName));

        Folder.Write("w.lmz", Compressed(Text(seed: 4)));
        Folder.Write("w.LMZ", Compressed(Text(seed: 5)));
        var names = Folder.Names;
        if (names.Contains("w.LMZ")) // else the file system knows one of them only
        {
            Assert.Equal(1, Run("decompress", "-f", "--rm", "w.LMZ", "w.lmz").ExitCode);
            Assert.Equal(names, Folder.Names);
        }
    }

    [Fact]
    public void An_input_is_not_written_over()
    {
        Folder.Write("a", Text(seed: 1));
        Folder.Write("a.lmz", Text(seed: 2));
        AssertFails(Run("compress", "-1", "-f", "a", "a.lmz"), "a: the target 'a.lmz' is an input too");
        Assert.Equal(["a", "a.lmz", "a.lmz.lmz"], Folder.Names);
        Assert.Equal(Text(seed: 1), Folder.Read("a"));
        Assert.Equal(Text(seed: 2), Folder.Read("a.lmz"));
        AssertFails(Run("compress", "-1", "-f", "--rm", "a.lmz", "./a.lmz"), "./a.lmz: is given twice");
        AssertFails(Run("report", "-f", "-o", "a", "a"), "the target 'a' is the file that is reported on");
        Assert.Equal(Text(seed: 1), Folder.Read("a"));
    }

    [UnixFact]
    public void Other_names_of_an_input_are_that_input()
    {
        Folder.Write("a", Text());
        Shell("ln a hard; ln -s a soft; mkdir d; ln -s . d/here; ln -s \"$PWD\" there");
        foreach (var target in (string[])["hard", "soft", "there/a", "d/here/../../a", "there/hard"])
            AssertFails(Run("compress", "-1", "-f", "-o", target, "a"), "same file");
        AssertRefusedAndUnchanged("exec \"$@\" compress -1 -c a >> a");
        AssertRefusedAndUnchanged("exec \"$@\" compress -1 < a >> a");
        AssertRefusedAndUnchanged("exec \"$@\" compress -1 -c --dictionary a hard >> a");

        void AssertRefusedAndUnchanged(string script)
        {
            AssertFails(Shell(script), "same file");
            Assert.Equal(Text(), Folder.Read("a"));
        }
    }

    [UnixFact]
    public void Only_a_regular_file_replaces_a_source()
    {
        Folder.Write("a", Text());
        Shell("mkfifo pipe");
        foreach (var target in (string[])["/dev/null", "/dev/stdout", "/dev/fd/1", "pipe"])
            AssertFails(Run("compress", "-1", "-f", "--rm", "-o", target, "a"), $"a: --rm needs a regular file as the target, which '{target}' is not");
        AssertFails(Run("compress", "-1", "-f", "--rm", "-o", "b", "pipe"), "pipe: --rm deletes regular files only");
        Assert.Equal(["a", "pipe"], Folder.Names);
        Assert.Equal(Text(), Folder.Read("a"));
    }

    [UnixFact]
    public void Pipes_and_open_files_are_written_into()
    {
        Folder.Write("a", Text());
        Shell("mkfifo pipe");
        AssertSucceeds(Shell("cat pipe > got & \"$@\" compress -1 -o pipe a; wait"));
        var expected = Lmz.Compress(Text(), new LmzCompressionOptions { Level = 1 });
        Assert.Equal(expected, Folder.Read("got"));
        Assert.Equal("pipe\n", Shell("test -p pipe && echo pipe").OutputText);
        AssertSucceeds(Shell("exec \"$@\" compress -1 -o /dev/stdout a > out"));
        Assert.Equal(expected, Folder.Read("out"));
        AssertSucceeds(Shell("(echo before; \"$@\" compress -1 -o /dev/fd/1 a) > out"));
        Assert.Equal([.. "before\n"u8, .. expected], Folder.Read("out"));
        AssertSucceeds(Shell("\"$@\" compress -1 -o /dev/fd/5 a 5> out"));
        Assert.Equal(expected, Folder.Read("out"));
        AssertSucceeds(Shell("cat pipe > page & \"$@\" report -o pipe a.lmz; wait", ("a.lmz", expected)));
        Assert.Contains("<html", Encoding.UTF8.GetString(Folder.Read("page")), StringComparison.Ordinal);
        AssertFails(Run("compress", "-1", "pipe"), "pipe: is no regular file"); // and is not waited for
    }

    [UnixFact]
    public void Times_come_back_to_the_nanosecond()
    {
        Folder.Write("a", Text());
        Shell("touch -m -d '2001-02-03 04:05:06.123456789Z' a; touch -a -d '2002-03-04 05:06:07.987654321Z' a");
        var expected = Times("a");
        Assert.Contains(".123456789", expected, StringComparison.Ordinal);
        AssertSucceeds(Run("compress", "-1", "a"));
        Assert.Equal(expected, Times("a.lmz"));
        File.Delete(Folder.File("a"));
        AssertSucceeds(Run("decompress", "--rm", "a.lmz"));
        Assert.Equal(expected, Times("a"));

        string Times(string name) => Shell($"TZ=UTC stat -c '%y %x' {name}").OutputText;
    }

    /// <summary>As root; others cannot give files away.</summary>
    [UnixFact]
    public void The_owner_is_kept_where_that_is_permitted_and_nobody_else_gains()
    {
        Folder.Write("a", Text());
        if (Shell("chown 1234:5678 a && chmod 6754 a").ExitCode != 0)
            return;
        AssertSucceeds(Run("compress", "-1", "a"));
        Assert.Equal("754 1234 5678\n", Shell("stat -c '%a %u %g' a.lmz").OutputText);
    }

    [Theory]
    [InlineData("754", "744")]
    [InlineData("640", "600")]
    [InlineData("666", "666")]
    [InlineData("765", "744")]
    public void Permissions_for_the_group_are_not_given_to_another(string mode, string expected) =>
        Assert.Equal(
            Convert.ToInt32(expected, 8),
            (int)Files.FileAttributesToKeep.WithoutGroup((UnixFileMode)Convert.ToInt32(mode, 8)));

    [UnixFact]
    public void Quitting_leaves_nothing()
    {
        using var process = ToolRun.Launch(Folder.Path, Models.Directory, ["compress", "-o", "b"]); // and no input
        while (Folder.Names.Length == 0)
        {
            Assert.False(process.HasExited);
            Thread.Yield();
        }

        using (var kill = Process.Start("kill", ["-QUIT", $"{process.Id}"]))
            kill.WaitForExit();
        process.WaitForExit();
        Assert.Equal(131, process.ExitCode);
        Assert.Empty(Folder.Names);
    }

    /// <summary>The runtime maps more than the limit where it keeps what it compiled apart from where it writes it.</summary>
    [UnixFact]
    public void A_limit_on_the_size_of_files_is_an_error_and_leaves_nothing()
    {
        var noise = new byte[1 << 20];
        new Random(1).NextBytes(noise);
        Folder.Write("a", noise);
        AssertFails(
            Shell("ulimit -f 500; DOTNET_EnableWriteXorExecute=0 exec \"$@\" compress -1 --rm a"),
            "a: the file would be longer than the system or a limit of this process allows");
        Assert.Equal(["a"], Folder.Names);
        AssertFails(Shell("ulimit -f 500; DOTNET_EnableWriteXorExecute=0 exec \"$@\" compress -1 -c a > b"), "compressor: ");
    }

    [UnixFact]
    public void Names_that_are_not_UTF8_are_refused_and_never_taken_for_others()
    {
        Shell("printf one > \"$(printf 'caf\\351')\"; printf two > \"$(printf 'caf\\357\\277\\275')\"");
        const string Reason = "is not UTF-8 text";
        AssertFails(Shell("exec \"$@\" compress -1 \"$(printf 'caf\\351')\""), Reason);
        AssertFails(Shell("exec \"$@\" info \"$(printf 'caf\\351')\""), Reason);
        AssertFails(Shell("exec \"$@\" compress -1 --dictionary \"$(printf 'caf\\351')\" -c /dev/null"), Reason);
        Folder.Write("a", Text());
        AssertFails(Shell("exec \"$@\" compress -1 a -o \"$(printf 'caf\\351')\""), Reason);
        AssertSucceeds(Shell("exec \"$@\" compress -1 \"$(printf 'caf\\357\\277\\275')\""));
        Assert.Equal("two"u8, Lmz.Decompress(Folder.Read("caf\uFFFD.lmz")));
        Assert.Equal("one", Shell("cat \"$(printf 'caf\\351')\"; rm \"$(printf 'caf\\351')\"").OutputText);
    }

    /// <summary>As root: others have no second user at hand.</summary>
    [UnixFact]
    public void Folders_that_cannot_be_written_are_named()
    {
        Folder.Write("a", Text());
        var copy = Shell("mkdir ro sticky && cp a sticky && chmod 555 ro && chmod 1777 sticky && chmod -R a+rX . && id -u && command -v setpriv");
        if (!copy.OutputText.StartsWith("0\n", StringComparison.Ordinal) || copy.ExitCode != 0)
            return;
        // The folders of the tool and of the models may be closed to others, so what is run keeps the right to read and search.
        const string AsOther = "exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all,+dac_read_search --ambient-caps=-all,+dac_read_search \"$@\" ";
        AssertFails(Shell(AsOther + "compress -1 --output-dir ro a"), $"a: no file can be made in the folder '{Folder.File("ro")}': permission denied");
        var run = Shell(AsOther + "compress -1 --rm sticky/a");
        AssertFails(run, "sticky/a: the target 'sticky/a.lmz' is complete, but the source was not deleted: no permission");
        Assert.Equal(Text(), Lmz.Decompress(Folder.Read("sticky/a.lmz")));
        Assert.Equal(Text(), Folder.Read("sticky/a"));
    }

    [Fact]
    public void Cat_reads_standard_input()
    {
        var data = Compressed(Text());
        Assert.Equal(Text(), RunWithInput(data, "cat", "-").Output);
        Assert.Equal(Text()[10..20], RunWithInput(data, "cat", "-r", "10-19", "-").Output);
        Assert.Equal(Text()[^7..], RunWithInput(data, "cat", "--range=-7", "-").Output);
        AssertFails(RunWithInput(data[..^3], "cat", "-r", "10-19", "-"), "stdin: ");
        if (OperatingSystem.IsWindows())
            return;
        Folder.Write("a.lmz", data);
        Assert.Equal(Text()[10..20], Shell("exec \"$@\" cat -r 10-19 - < a.lmz").Output);
    }

    /// <summary>As file systems of Linux keep them: pages of zeros take no room.</summary>
    [UnixFact]
    public void Zeros_come_back_as_holes()
    {
        byte[] content = [.. Text(5000), .. new byte[3_000_000], .. Text(10_000, seed: 2), .. new byte[100], 1, .. new byte[1_000_000]];
        Folder.Write("a.lmz", Lmz.Compress(content, new LmzCompressionOptions { Level = 1 }));
        AssertSucceeds(Run("decompress", "--rm", "a.lmz"));
        Assert.Equal(content, Folder.Read("a"));
        if (!OperatingSystem.IsLinux())
            return;
        var blocks = int.Parse(Shell("stat -c %b a").OutputText, System.Globalization.CultureInfo.InvariantCulture); // of 512 bytes
        Assert.InRange(blocks, 1, content.Length / 512 / 8);
        foreach (var length in (int[])[1, 4095, 4096, 4097, 70_000])
        {
            Folder.Write("z.lmz", Lmz.Compress(new byte[length], new LmzCompressionOptions { Level = 1 }));
            AssertSucceeds(Run("decompress", "-f", "z.lmz"));
            Assert.Equal(new byte[length], Folder.Read("z"));
        }
    }

    [Fact]
    public void Training_does_not_write_into_what_it_reads()
    {
        Directory.CreateDirectory(Folder.File("texts"));
        Folder.Write("texts/README.md", Text());
        TestModels.Write(Folder.File("start"), seed: 3);
        var before = Folder.Read("start/model.safetensors");
        AssertFails(Run("train", "--data", "texts", "--out", "./texts", "--steps", "1", "-q"), "the target './texts' is a data folder");
        AssertFails(Run("train", "--data", "start", "--valid", "texts", "--out", "texts", "--steps", "1", "-q"), "is the folder to measure on");
        AssertFails(Run("train", "-f", "--data", "texts", "--init", "start", "--out", "start", "--steps", "1", "-q"), "is the model to start from");
        Assert.Equal(Text(), Folder.Read("texts/README.md"));
        Assert.Equal(before, Folder.Read("start/model.safetensors"));
        Assert.Single(Directory.GetFileSystemEntries(Folder.File("texts")));
    }

    /// <summary>Runs a script of the Unix shell to which the tool is <c>"$@"</c>.</summary>
    private ToolRun Shell(string script, (string Name, byte[] Content)? file = null)
    {
        if (file is { } given)
            Folder.Write(given.Name, given.Content);
        return ToolRun.Finish(ToolRun.LaunchShell(Folder.Path, Models.Directory, script), null);
    }
}

/// <summary>A fact about Unix.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "there are no such files on Windows" : null;
}
