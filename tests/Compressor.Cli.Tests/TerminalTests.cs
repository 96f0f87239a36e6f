using Compressor.Cli.Models;
using Compressor.Cli.Terminal;
using Compressor.Trainer;
using Compressor.Training;

namespace Compressor.Cli.Tests;

public sealed class TerminalTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void Compressed_data_is_not_written_to_a_terminal()
    {
        Folder.Write("a", Text());
        AssertFails(OnTerminal([], "compress", "-c", Folder.File("a")), "standard output is a terminal");
        var forced = OnTerminal([], "compress", "-cf", Folder.File("a"));
        Assert.Equal(0, forced.ExitCode);
        Assert.Equal(Compressed(Text()), forced.Output);
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("decompress")]
    [InlineData("test")]
    public void Data_is_not_read_from_a_terminal(string command) =>
        AssertFails(OnTerminal(Compressed(Text()), command), "stdin: standard input is a terminal");

    [Fact]
    public void Text_is_written_to_a_terminal_and_other_content_is_not()
    {
        Folder.Write("a.lmz", Compressed(Text()));
        Folder.Write("b.lmz", Compressed("\e[2J"u8.ToArray()));
        var run = OnTerminal([], "decompress", "-c", Folder.File("a.lmz"));
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Text(), run.Output);
        AssertFails(OnTerminal([], "decompress", "-c", Folder.File("b.lmz")), "not text");
    }

    [Fact]
    public void A_summary_is_shown_on_a_terminal_unless_it_is_to_be_quiet()
    {
        Folder.Write("a", Text());
        Assert.Contains("3000 -> ", OnTerminal([], "compress", Folder.File("a")).Errors, StringComparison.Ordinal);
        Assert.Equal("", OnTerminal([], "compress", "-qf", Folder.File("a")).Errors);
        Assert.Contains(": OK, ", OnTerminal([], "test", Folder.File("a.lmz")).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0L, 4_000_000L, 3, "a  0%  0.0 of 4.0 MB  0:03")]
    [InlineData(1_000_000L, 4_000_000L, 10, "a  25%  1.0 of 4.0 MB  100 KB/s  ETA 0:30")]
    [InlineData(1_000_000L, null, 10, "a  1.0 MB  100 KB/s")]
    [InlineData(1_000_000L, 1_000_000_000L, 100, "a  0%  1.0 of 1000.0 MB  10 KB/s  ETA 27:45:00")]
    [InlineData(0L, 0L, 0, "a  0.0 of 0.0 MB  0:00")]
    public void Progress_is_described(long done, long? total, int seconds, string expected) =>
        Assert.Equal(expected, ProgressLine.Describe("a", done, total, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void The_progress_line_is_drawn_in_place_and_cleared()
    {
        var clock = new ManualClock();
        using var terminal = new StringWriter();
        using (var line = new ProgressLine(terminal, "a", 4_000_000, clock))
        {
            line.Report(1_000_000);
            Assert.Equal("", terminal.ToString());
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        clock.Advance(TimeSpan.FromSeconds(10));
        const string Shown = "a  25%  1.0 of 4.0 MB  100 KB/s  ETA 0:30";
        Assert.Equal($"\r{Shown}\r{new string(' ', Shown.Length)}\r", terminal.ToString());
    }

    [Fact]
    public void Names_cannot_command_a_terminal() => Assert.Equal("a?[2J?b", ErrorReport.OneLine("a\e[2J\nb"));

    [Fact]
    public void Training_progress_is_described() =>
        Assert.Equal(
            "step 10/200  loss 3.2500  2.1000 bits/byte  12345 tokens/s  ETA 1:05",
            TrainingReport.Describe(new TrainingProgress(TrainingStage.Training)
            {
                Step = 10,
                TotalSteps = 200,
                Loss = 3.25,
                BitsPerByte = 2.1,
                TokensPerSecond = 12345,
                Remaining = TimeSpan.FromSeconds(65),
            }));

    /// <summary>On a terminal of its own, which <c>script</c> gives it and whose output it hands on.</summary>
    [ScriptTheory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("compress -f a")]
    [InlineData("test a.lmz")]
    [InlineData("cat a.lmz")]
    [InlineData("cat nothing")]
    public void A_terminal_gets_nothing_but_text(string command)
    {
        Folder.Write("a", Text());
        Folder.Write("a.lmz", Compressed(Text()));
        var run = ToolRun.Finish(ToolRun.LaunchShell(Folder.Path, Models.Directory, $"exec script -qc \"$* {command}\" /dev/null"), null);
        Assert.NotEmpty(run.Output);
        Assert.DoesNotContain('\e', run.OutputText);
    }

    private ToolRun OnTerminal(byte[] input, params string[] arguments)
    {
        using var streams = new FakeStreams { AreTerminals = true, Input = input, Models = new ModelCatalog([Models.Directory]) };
        return streams.Run(arguments);
    }
}

/// <summary>A theory that needs the <c>script</c> of util-linux.</summary>
public sealed class ScriptTheoryAttribute : TheoryAttribute
{
    public ScriptTheoryAttribute() => Skip = OperatingSystem.IsLinux() && File.Exists("/usr/bin/script") ? null : "there is no /usr/bin/script of util-linux";
}
