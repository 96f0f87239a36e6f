namespace Compressor.Cli.Tests;

/// <summary><c>--engine torch</c>, with the tensors that are bound: the same bytes as the tool's own kernels.</summary>
public sealed class EngineTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void TensorsWriteAndReadTheSameBytes()
    {
        byte[] content = Text(60_000); // more than one lane
        var simd = RunWithInput(content, "compress", "-c");
        AssertSucceeds(simd);
        var torch = RunWithInput(content, "compress", "-c", "--engine", "torch");
        AssertSucceeds(torch);
        Assert.Equal(simd.Output, torch.Output);
        var restored = RunWithInput(simd.Output, "decompress", "-c", "--engine", "torch");
        AssertSucceeds(restored);
        Assert.Equal(content, restored.Output);
    }

    [Fact]
    public void TensorsRunTheBuiltInModel()
    {
        byte[] content = Text(400);
        byte[] compressed = Lmz.Compress(content); // in this process, with the model on board and the kernels
        Assert.Contains(Lmz.ReadInfo(new MemoryStream(compressed)), frame => frame.NeedsModel);
        var restored = ToolRun.Start(Folder.Path, models: "", ["decompress", "-c", "--engine", "torch"], compressed);
        AssertSucceeds(restored);
        Assert.Equal(content, restored.Output);
    }

    [Fact]
    public void AnUnknownEngineIsAnError()
    {
        var run = RunWithInput(Text(100), "compress", "--engine", "steam");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--engine must be simd or torch, not 'steam'", run.Errors, StringComparison.Ordinal);
    }
}
