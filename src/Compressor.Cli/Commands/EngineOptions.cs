using System.CommandLine;
using Compressor.Cli.Models;

namespace Compressor.Cli.Commands;

/// <summary><c>--engine</c>: what runs the transformer. The bytes do not depend on it.</summary>
internal sealed class EngineOption : Option<string>
{
    public const string Torch = "torch";

    private const string Simd = "simd";

    public EngineOption()
        : base("--engine")
    {
        HelpName = $"{Simd}|{Torch}";
        Description = "What runs the model: the tool's own kernels, or libtorch (docs/torchsharp.md). The result does not depend on it.";
        DefaultValueFactory = _ => Simd;
        Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not (Simd or Torch) } token])
                result.AddError($"--engine must be {Simd} or {Torch}, not '{token.Value}'");
        });
    }
}

/// <summary>What runs the transformer, and where.</summary>
internal sealed class EngineOptions
{
    private readonly EngineOption _engine = new();
    private readonly Option<string> _device = CommonOptions.Device("With --engine torch: where the model runs.");

    public void AddTo(Command command)
    {
        command.Add(_engine);
        command.Add(_device);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_device) is { Implicit: false } && result.GetValue(_engine) != EngineOption.Torch)
                result.AddError($"--device is for --engine {EngineOption.Torch}");
        });
    }

    /// <summary>The models, run by the engine that the command line asks for.</summary>
    public ModelCatalog Apply(ToolContext context, ParseResult result, int threads) =>
        result.GetValue(_engine) == EngineOption.Torch
            ? context.Models.LoadedBy(folder => context.Torch!.Load(folder, threads, result.GetRequiredValue(_device)))
            : context.Models;
}
