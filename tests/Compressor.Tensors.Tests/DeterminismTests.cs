using System.Diagnostics;
using Compressor.Tensors.Probe;

namespace Compressor.Tensors.Tests;

/// <summary>Training gives the same bits with any number of threads and any instruction set.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void ThreadsDoNotChangeTraining()
    {
        var before = torch.get_num_threads();
        try
        {
            torch.set_num_threads(1);
            var one = TrainingFingerprint.Of(TinySizes.Threaded, steps: 3);
            torch.set_num_threads(2);
            Assert.Equal(one, TrainingFingerprint.Of(TinySizes.Threaded, steps: 3));
            torch.set_num_threads(5);
            Assert.Equal(one, TrainingFingerprint.Of(TinySizes.Threaded, steps: 3));
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void InstructionSetsDoNotChangeKernelsOrTraining(string switchedOff)
    {
        string[] here = [$"kernels {KernelFingerprint.Compute()}", .. TrainingFingerprint.Of(TinySizes.Smallest, steps: 5)];
        Assert.Equal(here, Run(switchedOff));
    }

    private static string[] Run(string switchedOff)
    {
        var probe = Path.Combine(AppContext.BaseDirectory, "Compressor.Tensors.Probe.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", probe])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[switchedOff] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.GetAwaiter().GetResult());
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
