using System.Diagnostics;
using System.Text.Json;
using Compressor.Cli.Commands;

namespace Compressor.Cli.Tests;

/// <summary>The tool used as gzip, xz and zstd are.</summary>
public sealed class FamiliarFormsTests(TestModels models) : ToolTest(models)
{
    [Theory]
    [InlineData("-9 x", "compress -9 x")]
    [InlineData("-d x.lmz", "decompress x.lmz")]
    [InlineData("-dc x.lmz", "decompress -c x.lmz")]
    [InlineData("-fkd x.lmz", "decompress -fk x.lmz")]
    [InlineData("--decompress -f x.lmz", "decompress -f x.lmz")]
    [InlineData("-T 2 -t x.lmz", "test -T 2 x.lmz")]
    [InlineData("-l x.lmz", "list x.lmz")]
    [InlineData("-b3 x", "benchmark -3 x")]
    [InlineData("-c -- -d", "compress -c -- -d")]
    [InlineData("-", "compress -")]
    [InlineData("-o d -k x", "compress -o d -k x")]
    [InlineData("compress -d", "compress -d")]
    [InlineData("help compress", "compress --help")]
    [InlineData("--help", "--help")]
    [InlineData("frobnicate", "frobnicate")]
    public void Forms_of_other_tools_are_commands(string given, string expected) => Assert.Equal(
        expected, string.Join(' ', FamiliarForms.Replace(given.Split(' '), word => word is "compress" or "decompress", "compressor", isPipe: false)));

    [Theory]
    [InlineData("/usr/bin/unlmz", "decompress x.lmz")]
    [InlineData("lmzcat", "decompress -c x.lmz")]
    [InlineData("lmz.exe", "x.lmz")]
    public void The_name_of_the_program_is_a_command(string program, string expected) =>
        Assert.Equal(expected, string.Join(' ', FamiliarForms.Replace(["x.lmz"], _ => false, program, isPipe: false)));

    [Fact]
    public void In_a_pipe_nothing_else_is_needed()
    {
        var content = Text();
        var packed = RunWithInput(content);
        AssertSucceeds(packed);
        Assert.Equal(content, RunWithInput(packed.Output, "-d").Output);
    }

    [Fact]
    public void A_folder_is_mirrored_below_another_and_comes_back()
    {
        Folder.Write("in/a.txt", Text(seed: 1));
        Folder.Write("in/deep/b.txt", Text(seed: 2));
        Folder.Write("in/deep/c.txt.lmz", [1]); // what is compressed already is left out
        AssertSucceeds(Run("-3", "-r", "in", "--output-dir", "out"));
        Assert.Equal(["out/in/a.txt.lmz", "out/in/deep/b.txt.lmz"], FilesBelow("out"));
        AssertSucceeds(Run("-d", "-r", "out/in", "--output-dir", "back"));
        Assert.Equal(Text(seed: 2), File.ReadAllBytes(Path.Combine(Folder.Path, "back/in/deep/b.txt")));
        AssertFails(Run("compress", "in"), "use -r");
    }

    [Fact]
    public void Files_of_one_name_in_two_folders_share_no_target()
    {
        Folder.Write("p/x", Text());
        Folder.Write("q/x", Text());
        Directory.CreateDirectory(Path.Combine(Folder.Path, "out"));
        Assert.Equal(1, Run("-3", "p/x", "q/x", "-o", "out").ExitCode);
        AssertSucceeds(Run("-3", "-r", "p", "q", "-o", "out"));
        Assert.Equal(["out/p/x.lmz", "out/q/x.lmz"], FilesBelow("out"));
    }

    [Fact]
    public void Names_come_from_a_list()
    {
        Folder.Write("a b", Text());
        Folder.Write("c", Text());
        Folder.Write("d.zip", Text());
        Folder.Write("list", "a b\nc\nd.zip\n"u8.ToArray());
        AssertSucceeds(Run("-3", "--files-from", "list", "--exclude-compressed"));
        Assert.Equal(["a b.lmz", "c.lmz"], FilesBelow(".").Where(name => name.EndsWith(".lmz", StringComparison.Ordinal)));
        AssertSucceeds(RunWithInput("a b.lmz\0c.lmz\0"u8.ToArray(), "-t", "--files-from", "-"));
        AssertFails(Run("-3", "--files-from", "nowhere"), "--files-from nowhere: no such file");
    }

    [Fact]
    public void A_table_lists_files_with_totals()
    {
        Folder.Write("a", Text());
        Folder.Write("b", Text(seed: 2));
        AssertSucceeds(Run("-3", "a", "b"));
        var run = Run("-l", "a.lmz", "b.lmz");
        AssertSucceeds(run);
        var lines = run.OutputText.TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^ +\d+ +6000 +\d\.\d\d +2 +- +2 files$", lines[3]);
        using var json = JsonDocument.Parse(Run("list", "--json", "a.lmz").Output);
        Assert.Equal(3000, json.RootElement[0].GetProperty("contentBytes").GetInt64());
    }

    [Fact]
    public void Levels_are_measured_on_a_file_of_the_user()
    {
        Folder.Write("a", Text());
        var run = Run("-b", "-3", "a", "--json");
        AssertSucceeds(run);
        using var json = JsonDocument.Parse(run.Output);
        var measurement = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(3, measurement.GetProperty("level").GetInt32());
        Assert.InRange(measurement.GetProperty("compressedBytes").GetInt64(), 100, 2999);
        Assert.Equal(["a"], FilesBelow("."));
    }

    [Fact]
    public void Options_of_every_day_come_from_the_environment()
    {
        Folder.Write("a", Text());
        var run = ToolRun.Start(Folder.Path, Models.Directory, ["a"], variable: $"{FamiliarForms.OptionsVariable}=-3 -v");
        Assert.Contains("3000 -> ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("model  ", Run("info", "a.lmz").OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_files_get_a_total_and_testing_counts_the_file_once()
    {
        Folder.Write("a", Text());
        Folder.Write("b", Text(seed: 2));
        AssertSucceeds(Run("-3", "a", "b"));
        var bytes = FilesBelow(".").Where(name => name.EndsWith(".lmz", StringComparison.Ordinal)).Sum(name => new FileInfo(Path.Combine(Folder.Path, name)).Length);
        Assert.Contains($"2 files: OK, {bytes} -> 6000 bytes", Run("-tv", "a.lmz", "b.lmz").Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("did you mean 'compress'", "compres", "a")]
    [InlineData("did you mean '--block-size'", "compress", "--blok-size", "1M", "a")]
    public void A_misspelt_word_is_guessed(string guess, params string[] arguments)
    {
        using var streams = new FakeStreams();
        Assert.Contains(guess, streams.Run(arguments).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("powershell")]
    public void Completion_knows_commands_values_and_models(string shell)
    {
        using var streams = new FakeStreams();
        var script = streams.Run("completion", shell).OutputText;
        Assert.Contains("benchmark", script, StringComparison.Ordinal);
        Assert.Contains("compressor models --names", script, StringComparison.Ordinal);
        Assert.Contains(shell == "powershell" ? "'simd', 'torch'" : "simd torch", script, StringComparison.Ordinal);
    }

    [Fact]
    public void The_script_for_bash_completes_in_bash()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var streams = new FakeStreams();
        Folder.Write("completion", streams.Run("completion", "bash").Output);
        Assert.Equal("--engine", Complete("compressor compress --en"));
        Assert.Equal("torch", Complete("compressor compress --engine to"));
        Assert.Equal("benchmark", Complete("compressor ben"));
    }

    [Fact]
    public void The_manual_names_every_command_and_option()
    {
        using var streams = new FakeStreams();
        var page = streams.Run("manual").OutputText;
        foreach (var name in (string[])[".SS compress", ".SS list", "\\-\\-block\\-size", "LMZ_OPT", "\\-\\-files\\-from"])
            Assert.Contains(name, page, StringComparison.Ordinal);
    }

    private string Complete(string line)
    {
        var script = $". ./completion; COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _compressor; echo \"${{COMPREPLY[*]}}\"";
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = Folder.Path, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        return process.StandardOutput.ReadToEnd().Trim();
    }

    private string[] FilesBelow(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Folder.Path, folder), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder.Path, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];
}
