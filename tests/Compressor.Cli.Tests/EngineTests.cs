using Compressor.Training.Native;

namespace Compressor.Cli.Tests;

/// <summary><c>--engine torch</c>: libtorch in the trainer gives the same bytes as the tool's own kernels.</summary>
public sealed class EngineTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void Libtorch_writes_and_reads_the_same_bytes()
    {
        var content = Text(60_000); // more than one lane
        var simd = RunWithInput(content, "compress", "-c");
        AssertSucceeds(simd);
        var torch = RunWithInput(content, "compress", "-c", "--engine", "torch");
        AssertSucceeds(torch);
        Assert.Equal(simd.Output, torch.Output);
        var restored = RunWithInput(simd.Output, "decompress", "-c", "--engine", "torch", "--device", "cpu");
        AssertSucceeds(restored);
        Assert.Equal(content, restored.Output);
    }

    [Fact]
    public void Libtorch_runs_the_built_in_model()
    {
        var content = Text(400);
        var compressed = Lmz.Compress(content); // in this process, with the model on board and the kernels
        Assert.Contains(Lmz.ReadInfo(new MemoryStream(compressed)), frame => frame.NeedsModel);
        var restored = ToolRun.Start(Folder.Path, models: "", ["decompress", "-c", "--engine", "torch"], compressed);
        AssertSucceeds(restored);
        Assert.Equal(content, restored.Output);
    }

    [Fact]
    public void Training_gives_a_model_that_compresses_and_restores()
    {
        Directory.CreateDirectory(Folder.File("texts"));
        Folder.Write("texts/a.txt", Text(30_000));
        var trained = Run("train", "--data", "texts", "--out", "model", "--steps", "2", "-q");
        AssertSucceeds(trained);
        var content = Text(2000, seed: 7);
        var compressed = RunWithInput(content, "compress", "-c", "-m", "model");
        AssertSucceeds(compressed);
        var restored = RunWithInput(compressed.Output, "decompress", "-c", "-m", "model");
        AssertSucceeds(restored);
        Assert.Equal(content, restored.Output);
    }

    [Fact]
    public void Training_that_was_killed_goes_on_to_the_same_model()
    {
        Directory.CreateDirectory(Folder.File("texts"));
        Folder.Write("texts/a.txt", Text(30_000));
        string[] Command(string output, params string[] more) =>
            ["train", "--data", "texts", "--init", Models.Other, "--out", output, "--steps", "40", "--checkpoint-minutes", "0.000001", "-T", "1", .. more];
        AssertSucceeds(Run(Command("whole", "-q")));

        using (var process = ToolRun.Launch(Folder.Path, Models.Directory, Command("killed")))
        {
            while (process.StandardError.ReadLine() is { } line && !line.Contains("saved", StringComparison.Ordinal))
            {
            }

            AssertFails(Run(Command("killed", "-q", "--resume")), "another training run is writing to 'killed/checkpoint'");
            process.Kill();
            process.WaitForExit();
        }

        AssertSucceeds(Run(Command("killed", "-q", "--resume")));
        Assert.Equal(Folder.Read("whole/model.safetensors"), Folder.Read("killed/model.safetensors"));
    }

    [Fact]
    public void An_unknown_engine_is_an_error()
    {
        var run = RunWithInput(Text(100), "compress", "--engine", "steam");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--engine must be simd or torch, not 'steam'", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trainer_that_is_not_there_is_named()
    {
        var run = ToolRun.Start(Folder.Path, Models.Directory, ["train", "--data", "."], variable: "COMPRESSOR_TRAINER=nowhere");
        AssertFails(run, "COMPRESSOR_TRAINER is 'nowhere', where there is no file");
        AssertSucceeds(ToolRun.Start(Folder.Path, Models.Directory, ["train", "--help"], variable: "COMPRESSOR_TRAINER=nowhere"));
    }

    [Fact]
    public void A_libtorch_that_is_missing_is_named_with_the_command_that_fetches_it()
    {
        Folder.Write("a.txt", Text());
        // There are no packages, and none lies beside the trainer.
        AssertFails(Compress("NUGET_PACKAGES=" + Folder.Path), $"'dotnet package download libtorch-cpu-{LibTorch.Platform}@{LibTorch.Version}' fetches libtorch");
        AssertFails(Compress($"{LibTorch.FolderVariable}={Folder.Path}"), $"{LibTorch.FolderVariable} is '{Folder.Path}'");
        Assert.Equal(["a.txt"], Folder.Names);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("text")]
    [InlineData("lone")]
    public void A_libtorch_that_is_damaged_is_named(string damage)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Folder.Write("a.txt", Text());
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var good = Path.Combine(packages, $"libtorch-cpu-{LibTorch.Platform}", LibTorch.Version, "runtimes", LibTorch.Platform, "native");
        var core = File.ReadAllBytes(Path.Combine(good, "libc10.so"));
        Directory.CreateDirectory(Folder.File("lib"));
        Folder.Write("lib/libtorch_cpu.so", []);
        if (damage != "lone")
            Folder.Write("lib/libc10.so", damage == "cut" ? core[..^100_000] : Text());
        var run = Compress($"{LibTorch.FolderVariable}={Folder.File("lib")}");
        AssertFails(run, damage switch { "cut" => "is cut short", "text" => "is not a shared library", _ => "is missing" });
        Assert.Contains(LibTorch.FetchCommand, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_libtorch_without_CUDA_says_so()
    {
        if (File.Exists(Path.Combine(Environment.GetEnvironmentVariable(LibTorch.FolderVariable) ?? "", LibTorchFolders.FileName("torch_cuda"))))
            return;
        Folder.Write("a.txt", Text());
        AssertFails(Run("compress", "a.txt", "--engine", "torch", "--device", "cuda"), "is not one for CUDA");
    }

    private ToolRun Compress(string variable) =>
        ToolRun.Start(Folder.Path, Models.Directory, ["compress", "a.txt", "--engine", "torch"], variable: variable);
}
