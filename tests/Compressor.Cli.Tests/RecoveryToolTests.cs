using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Compressor.Cli.Tests;

/// <summary>Damage, ranges and what else is asked of single blocks, by the tool.</summary>
public sealed class RecoveryToolTests(TestModels models) : ToolTest(models)
{
    private const int BlockLength = 4096;

    private readonly byte[] _content = Text(10_000);

    [Fact]
    public void Every_bad_block_is_named_and_every_good_one_saved()
    {
        var data = Blocks(out var blocks);
        foreach (var block in (LmzBlockInfo[])[blocks[0], blocks[2]])
            data[block.Offset + (block.CompressedLength / 2)] ^= 1;
        Folder.Write("a.lmz", data);

        var run = Run("test", "a.lmz");
        Assert.Equal(1, run.ExitCode);
        var lines = run.Errors.TrimEnd().Split(Environment.NewLine);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"compressor: a.lmz: bytes {blocks[0].Offset} to {blocks[1].Offset - 1}: ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("; content bytes 0 to 4095 are lost", lines[0], StringComparison.Ordinal);
        Assert.Contains("; content bytes 8192 to 9999 are lost", lines[1], StringComparison.Ordinal);
        Assert.Empty(run.Output);

        AssertFails(Run("decompress", "a.lmz"), "a.lmz: invalid .lmz data at byte");
        Assert.Equal(["a.lmz"], Folder.Names);
        var recovery = Run("decompress", "--recover", "--rm", "a.lmz");
        Assert.Equal((1, run.Errors), (recovery.ExitCode, recovery.Errors));
        Assert.Equal(["a", "a.lmz"], Folder.Names); // the source stays
        Assert.Equal([.. new byte[BlockLength], .. _content[BlockLength..(2 * BlockLength)], .. new byte[10_000 - (2 * BlockLength)]], Folder.Read("a"));
    }

    [Fact]
    public void Good_files_are_recovered_without_complaint()
    {
        Folder.Write("a.lmz", Blocks(out _));
        AssertSucceeds(Run("decompress", "--recover", "a.lmz"));
        Assert.Equal(_content, Folder.Read("a"));
        AssertFails(RunWithInput(Blocks(out _), "decompress", "--recover"), "stdin: recovering takes a file");
    }

    [Fact]
    public void A_missing_piece_keeps_its_place()
    {
        var data = Blocks(out var blocks);
        Folder.Write("a.lmz", [.. data[..(int)(blocks[1].Offset + 3)], .. data[(int)(blocks[2].Offset - 3)..]]);
        var recovery = Run("decompress", "--recover", "a.lmz");
        Assert.Equal(1, recovery.ExitCode);
        Assert.Contains("; content bytes 4096 to 8191 are lost", recovery.Errors, StringComparison.Ordinal);
        Assert.Equal([.. _content[..BlockLength], .. new byte[BlockLength], .. _content[(2 * BlockLength)..]], Folder.Read("a"));
        AssertFails(Run("cat", "--range", "0-9", "a.lmz"), "'compressor decompress --recover' saves what can be saved");

        // Without the table nobody knows what is missing.
        Folder.Write("b.lmz", [.. data[..(int)blocks[1].Offset], .. data[(int)blocks[2].Offset..(int)(blocks[2].Offset + blocks[2].CompressedLength)]]);
        Run("decompress", "--recover", "b.lmz");
        Assert.Equal([.. _content[..BlockLength], .. _content[(2 * BlockLength)..]], Folder.Read("b"));
    }

    [Fact]
    public void What_gives_nothing_leaves_nothing()
    {
        Folder.Write("a.lmz", Text());
        Assert.Contains("nothing could be recovered, and nothing was written", Run("decompress", "--recover", "a.lmz").Errors, StringComparison.Ordinal);
        Assert.Equal(["a.lmz"], Folder.Names);
    }

    [Fact]
    public void A_limit_is_no_fault_of_the_data()
    {
        Folder.Write("a.lmz", Compressed(Text()));
        var run = Run("decompress", "--max-size", "10", "-c", "a.lmz");
        AssertFails(run, "a.lmz: there is more content than the 10 bytes that are accepted");
        Assert.DoesNotContain("nvalid", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("9223372036854775807", Run("decompress", "--help").OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0-9", 0, 10)]
    [InlineData("4090-4100", 4090, 11)]
    [InlineData("9990-", 9990, 10)]
    [InlineData("-7", 9993, 7)]
    [InlineData("9999-20000", 9999, 1)]
    [InlineData("10000-", 10_000, 0)]
    [InlineData("-20000", 0, 10_000)]
    public void A_range_of_the_content_is_written(string range, int offset, int length)
    {
        Folder.Write("a.lmz", Blocks(out _));
        var run = Run("cat", "--range", range, "a.lmz");
        AssertSucceeds(run);
        Assert.Equal(_content[offset..(offset + length)], run.Output);
    }

    [Fact]
    public void Whole_files_are_written_one_after_the_other()
    {
        Folder.Write("a.lmz", Blocks(out _));
        Folder.Write("b.lmz", Compressed("b"u8.ToArray()));
        var run = Run("cat", "a.lmz", "b.lmz", "missing");
        Assert.Equal((1, $"compressor: missing: no such file{Environment.NewLine}"), (run.ExitCode, run.Errors));
        Assert.Equal([.. _content, .. "b"u8], run.Output);
        foreach (var range in (string[])["5-3", "x", "-", "1-2-3", "+1-2"])
            Assert.Contains("--range must be", Run("cat", $"--range={range}", "a.lmz").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_model_costs_only_its_own_blocks()
    {
        var text = TextForModels();
        byte[] data = [.. Compressed(text), .. Compressed(text, Models.Other)];
        Folder.Write("a.lmz", data);
        var lost = Lmz.ReadInfo(new MemoryStream(data))[1].Blocks[0];
        Assert.Equal(LanguageModel.Load(Models.Other).Id, lost.ModelId);

        AssertFails(Run("test", "a.lmz"), $"a.lmz: bytes {lost.Offset} to {lost.Offset + lost.CompressedLength - 1}: ");
        Assert.Contains($"the model {lost.ModelId}", Run("test", "a.lmz").Errors, StringComparison.Ordinal);
        Assert.Contains("not installed: 1 of 2 blocks cannot be read", Encoding.UTF8.GetString(Run("info", "a.lmz").Output), StringComparison.Ordinal);
        Assert.Equal(text[..10], Run("cat", "--range", "0-9", "a.lmz").Output);
        Assert.Equal(1, Run("cat", "--range", $"{text.Length}-", "a.lmz").ExitCode);
        Assert.Equal([.. text, .. text], Run("cat", "-m", Models.Other, "a.lmz").Output);
    }

    [Fact]
    public void Several_models_are_tried()
    {
        var text = TextForModels();
        Folder.Write("a", text);
        AssertSucceeds(Run("compress", "-m", Models.Other, "-m", "en-fast", "a"));
        var frame = Assert.Single(Lmz.ReadInfo(new MemoryStream(Folder.Read("a.lmz"))));
        Assert.Equal([LanguageModel.Load(Models.Other).Id, LanguageModel.Load(Path.Combine(Models.Directory, "en-fast")).Id], frame.ModelIds);
        Assert.Equal(text, Run("decompress", "-c", "-m", Models.Other, "a.lmz").Output);
    }

    [Fact]
    public void Info_lists_blocks_on_request()
    {
        Folder.Write("a.lmz", Blocks(out var blocks));
        var run = Run("info", "-v", "a.lmz");
        AssertSucceeds(run);
        Assert.Equal(blocks.Count(block => block.Type == LmzBlockType.ContextMixing), Lines("  mixing  "));
        Assert.Equal(blocks.Count(block => block.Type == LmzBlockType.TransformerAndMixing), Lines("  transformer + mixing  "));
        Assert.Equal(blocks.Count, Lines("  mixing  ") + Lines("  transformer + mixing  "));
        using var json = JsonDocument.Parse(Run("info", "--json", "a.lmz").Output);
        Assert.Equal(blocks.Select(block => block.Offset), json.RootElement[0].GetProperty("list").EnumerateArray().Select(block => block.GetProperty("offset").GetInt64()));

        int Lines(string label) => run.OutputText.Split('\n').Count(line => line.Contains(label, StringComparison.Ordinal));
    }

    [Fact]
    public void Targets_can_go_into_a_folder()
    {
        Directory.CreateDirectory(Folder.File("in"));
        Directory.CreateDirectory(Folder.File("out"));
        Folder.Write("in/a", Text());
        Folder.Write("b", Text());
        AssertSucceeds(Run("compress", "--output-dir", "out", "in/a", "b"));
        Assert.Equal(["a.lmz", "b.lmz"], Directory.GetFiles(Folder.File("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        AssertFails(Run("decompress", "--output-dir", "missing", "out/a.lmz"), "does not exist");
        Assert.Contains("contradicts", Run("compress", "--output-dir", "out", "-c", "b").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_and_devices_are_not_taken_for_files()
    {
        if (OperatingSystem.IsWindows())
            return;
        Folder.Write("a", Text());
        File.CreateSymbolicLink(Folder.File("link"), "a");
        AssertFails(Run("compress", "--rm", "link"), "link: is a symbolic link: use -f");
        Assert.Equal(["a", "link"], Folder.Names);
        AssertFails(Run("compress", "/dev/null"), "/dev/null: is no regular file");
        AssertSucceeds(Run("compress", "-f", "link"));
        Assert.Equal(Compressed(Text()), Folder.Read("link.lmz"));
        AssertSucceeds(Run("compress", "-o", "named.lmz", "link"));
    }

    [Fact]
    public void A_closed_input_is_an_error()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var run = Shell("exec \"$@\" compress <&-");
        Assert.Equal((1, "compressor: stdin: standard input is closed\n"), (run.ExitCode, run.Errors));
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    public void Messages_that_cannot_be_written_are_lost_and_nothing_else(string redirection)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Folder.Write("a", Text());
        Assert.Equal(1, Shell($"exec \"$@\" compress missing {redirection}").ExitCode);
        Assert.Equal(1, Shell($"exec \"$@\" no-such-command {redirection}").ExitCode);
        Assert.Equal(0, Shell($"exec \"$@\" compress -v a {redirection}").ExitCode);
        Assert.Equal(Compressed(Text()), Folder.Read("a.lmz"));
    }

    [Fact]
    public void A_full_disk_is_an_error_and_leaves_nothing()
    {
        if (!File.Exists("/dev/full"))
            return;
        Folder.Write("a", Text());
        AssertFails(Run("compress", "-o", "/dev/full", "a"), "a: no space left on device: '/dev/full'");
        var run = Shell("exec \"$@\" compress -c a > /dev/full");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("compressor: ", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["a"], Folder.Names);
    }

    /// <summary>More than a pipe holds, so that the tool is still writing when its reader has gone; nothing of it is a model's.</summary>
    [Theory]
    [InlineData("cat a.lmz")]
    [InlineData("decompress -c a.lmz")]
    [InlineData("decompress < a.lmz")]
    [InlineData("compress -1 -c a")]
    public void A_reader_that_goes_away_ends_the_tool_quietly(string command)
    {
        if (OperatingSystem.IsWindows())
            return;
        var content = new byte[1 << 20];
        new Random(1).NextBytes(content);
        Folder.Write("a", content);
        var data = Lmz.Compress(content, new LmzCompressionOptions { Level = 1 });
        Folder.Write("a.lmz", data);
        var run = Shell($"(\"$@\" {command}; echo $? > code) | head -c 10");
        Assert.Equal((command.StartsWith("compress", StringComparison.Ordinal) ? data : content)[..10], run.Output);
        Assert.Equal("", run.Errors);
        Assert.Equal("141\n", Encoding.ASCII.GetString(Folder.Read("code")));
    }

    /// <summary>What two programs write to one file comes one after the other.</summary>
    [Fact]
    public void A_shared_file_is_written_where_it_ends()
    {
        if (OperatingSystem.IsWindows())
            return;
        Folder.Write("a.lmz", Compressed(Text()));
        var run = Shell("(echo before; \"$@\" cat a.lmz; echo after) > all");
        Assert.Equal("", run.Errors);
        Assert.Equal($"before\n{Encoding.ASCII.GetString(Text())}after\n", Encoding.ASCII.GetString(Folder.Read("all")));
    }

    [Theory]
    [InlineData("bash", "bash -n")]
    [InlineData("zsh", null)]
    [InlineData("fish", null)]
    public void Completion_knows_every_command_and_option(string shell, string? check)
    {
        var run = Run("completion", shell);
        AssertSucceeds(run);
        foreach (var word in (string[])["compress", "decompress", "cat", "recover", "block-size", "json"])
            Assert.Contains(word, run.OutputText, StringComparison.Ordinal);
        if (check is null || OperatingSystem.IsWindows())
            return;
        Folder.Write("script", run.Output);
        var completed = Bash(". ./script; COMP_WORDS=(compressor decompress --rec); COMP_CWORD=2; _compressor; echo \"${COMPREPLY[*]}\"");
        Assert.Equal(("--recover\n", ""), (completed.OutputText, completed.Errors));
        Assert.Equal("cat\n", Bash(". ./script; COMP_WORDS=(compressor ca); COMP_CWORD=1; _compressor; echo \"${COMPREPLY[*]}\"").OutputText);
        Assert.Contains("no completion for 'tcsh'", Run("completion", "tcsh").Errors, StringComparison.Ordinal);
    }

    private byte[] Blocks(out IReadOnlyList<LmzBlockInfo> blocks)
    {
        var model = LanguageModel.Load(Path.Combine(Models.Directory, "en-fast"));
        var data = Lmz.Compress(_content, new LmzCompressionOptions { Model = model, BlockLength = BlockLength });
        blocks = Lmz.ReadInfo(new MemoryStream(data))[0].Blocks;
        return data;
    }

    /// <summary>Runs a script to which the tool is <c>"$@"</c>.</summary>
    private ToolRun Shell(string script) => ToolRun.Finish(ToolRun.LaunchShell(Folder.Path, Models.Directory, script), null);

    private ToolRun Bash(string script)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = Folder.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        return ToolRun.Finish(Process.Start(start)!, null);
    }
}
