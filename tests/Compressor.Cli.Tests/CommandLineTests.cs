using System.Text.Json;

namespace Compressor.Cli.Tests;

public sealed class CommandLineTests(TestModels models) : ToolTest(models)
{
    [Theory]
    [InlineData]
    [InlineData("compress")]
    [InlineData("decompress")]
    [InlineData("test")]
    [InlineData("info")]
    [InlineData("models")]
    [InlineData("train")]
    public void Every_command_has_help_with_an_example(params string[] command)
    {
        var run = RunHere([.. command, "--help"]);
        AssertSucceeds(run);
        Assert.Contains($"compressor {string.Join(' ', command)}".TrimEnd() + " ", run.OutputText, StringComparison.Ordinal);
        Assert.Contains("Examples:", run.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("Compressor.Cli", run.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bare_command_is_an_error_that_shows_the_help()
    {
        using var streams = new FakeStreams { AreTerminals = true };
        var run = streams.Run();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Usage:", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void The_version_is_shown()
    {
        var run = Run("--version");
        AssertSucceeds(run);
        Assert.Matches(@"^compressor \d+\.\d+\.\d+\S*\r?\n$", run.OutputText);
    }

    [Theory]
    [InlineData("unknown option '--bogus'", "compress", "--bogus", "a")]
    [InlineData("unknown option '-z'", "decompress", "-z", "a")]
    [InlineData("'-fz'", "compress", "-fz", "a")]
    [InlineData("'--force=no'", "compress", "--force=no", "a")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("[debug]", "[debug]", "compress", "a")]
    [InlineData("--threads", "compress", "-Tx", "a")]
    [InlineData("--threads", "compress", "-T", "-1", "a")]
    [InlineData("--block-size", "compress", "--block-size", "17M", "a")]
    [InlineData("--block-size", "compress", "--block-size", "1", "a")]
    [InlineData("-o", "compress", "a", "-o")]
    [InlineData("--output", "compress", "a", "-o", "")]
    [InlineData("one file", "compress", "a", "b", "-o", "c")]
    [InlineData("contradict", "compress", "a", "-c", "-o", "c")]
    [InlineData("--rm", "compress", "a", "-c", "--rm")]
    [InlineData("--data", "train", "--out", "x", "--steps", "1")]
    [InlineData("--minutes or --steps", "train", "--out", "x", "--data", ".", "--minutes", "1", "--steps", "1")]
    [InlineData("--resume or --extend", "train", "--out", "x", "--data", ".", "--resume", "--extend")]
    [InlineData("--minutes", "train", "--out", "x", "--data", ".", "--minutes", "0")]
    [InlineData("--device must be auto, cpu, cuda, not 'tpu'", "train", "--data", ".", "--device", "tpu")]
    [InlineData("--device is for --engine torch", "compress", "a", "--device", "cpu")]
    public void Mistakes_are_explained_in_a_line_and_nothing_is_done(string reason, params string[] arguments)
    {
        Folder.Write("a", Text());
        var run = RunHere(arguments);
        Assert.Equal(1, run.ExitCode);
        var lines = run.Errors.TrimEnd().Split(Environment.NewLine);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("compressor: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(reason, lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^Try 'compressor.* --help'\.$", lines[1]);
        Assert.Equal(["a"], Folder.Names);
    }

    [Fact]
    public void Training_does_not_overwrite_a_model_and_names_what_is_missing()
    {
        TestModels.Write(Folder.File("model"), seed: 4);
        var before = Folder.Names;
        AssertFails(RunHere(["train", "--data", Folder.Path, "--out", Folder.File("model"), "--steps", "1"]), "already holds a model");
        AssertFails(RunHere(["train", "--data", Folder.File("no"), "--out", Folder.File("new"), "--steps", "1", "-q"]), "no");
        AssertFails(RunHere(["train", "--data", Folder.Path, "--out", Folder.File("new"), "--steps", "1", "--resume"]), "checkpoint");
        AssertFails(RunHere(["train", "--data", Folder.Path, "--out", Folder.File("new"), "--steps", "1", "--preset", "x"]), "no preset 'x'; there are en-base, en-fast");
        Assert.Equal(before, Folder.Names);
    }

    [Fact]
    public void Info_tells_what_is_in_a_file()
    {
        var data = Compressed(TextForModels());
        Folder.Write("a.lmz", data);
        var run = Run("info", "a.lmz");
        AssertSucceeds(run);
        Assert.Contains($"content     400 bytes\n  compressed  {data.Length} bytes\n", run.OutputText, StringComparison.Ordinal);
        Assert.Contains("(en-fast)", run.OutputText, StringComparison.Ordinal);

        run = RunWithInput(data, "info", "--json", "-", "a.lmz");
        AssertSucceeds(run);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(2, json.RootElement.GetArrayLength());
        Assert.Equal(data.Length, json.RootElement[1].GetProperty("compressedBytes").GetInt64());
    }

    [Fact]
    public void Info_refuses_what_it_does_not_know()
    {
        Folder.Write("a.txt", Text());
        AssertFails(Run("info", "a.txt"), "a.txt: ");
    }

    [Fact]
    public void Models_are_listed()
    {
        var run = Run("models", Models.Other);
        AssertSucceeds(run);
        var lines = run.OutputText.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        var parameters = (2 * 288 * 32) + (2 * 32 * 32) + (6 * 32 * 32);
        Assert.Matches($"^other +{LanguageModel.Load(Models.Other).Id} +{parameters} +[0-9]+ +", lines[1]);
        Assert.Contains("en-fast", Run("models").OutputText, StringComparison.Ordinal);
        AssertFails(Run("models", "."), "neither a model nor a folder of models");
    }

    /// <summary>In this process, which is quicker.</summary>
    private static ToolRun RunHere(string[] arguments)
    {
        using var streams = new FakeStreams();
        return streams.Run(arguments);
    }
}
