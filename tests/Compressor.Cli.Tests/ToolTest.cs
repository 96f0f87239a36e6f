using System.Text;

namespace Compressor.Cli.Tests;

/// <summary>A test that runs the tool in a folder of its own.</summary>
public abstract class ToolTest(TestModels models) : IClassFixture<TestModels>, IDisposable
{
    private static readonly string[] Words = ("the and of to in that it is was he for on are with as his they at be this from or one had by "
        + "not but what all were when we there can an your which their said if do will each about how up out them then she").Split(' ');

    protected TestModels Models { get; } = models;

    protected Scratch Folder { get; } = new();

    public void Dispose() => Folder.Dispose();

    protected static byte[] Text(int length = 3000, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        while (text.Length < length)
            text.Append(Words[random.Next(Words.Length)]).Append(random.Next(12) == 0 ? '\n' : ' ');
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    protected ToolRun Run(params string[] arguments) => ToolRun.Start(Folder.Path, Models.Directory, arguments);

    protected ToolRun RunWithInput(byte[] input, params string[] arguments) => ToolRun.Start(Folder.Path, Models.Directory, arguments, input);

    /// <summary>Compresses in this process, to save time.</summary>
    protected byte[] Compressed(byte[] content, string? model = null) => Lmz.Compress(
        content, new LmzCompressionOptions { Model = LanguageModel.Load(model ?? Path.Combine(Models.Directory, "en-fast")) });

    /// <summary>Text of the models' own tokens in no order: short as it is, nothing but a model knows it.</summary>
    protected static byte[] TextForModels()
    {
        var pairs = TestModels.Pairs.Split(' ');
        var random = new Random(1);
        return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(_ => pairs[random.Next(pairs.Length)])));
    }

    protected static void AssertSucceeds(ToolRun run)
    {
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
    }

    /// <summary>Exit code 1, one line of reason, nothing on standard output.</summary>
    protected static void AssertFails(ToolRun run, string expected)
    {
        Assert.Equal(1, run.ExitCode);
        var line = Assert.Single(run.Errors.TrimEnd().Split('\n'));
        Assert.StartsWith("compressor: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }
}
