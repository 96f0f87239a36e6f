using System.CommandLine;
using Compressor.Cli.Models;
using Compressor.Training.Inference;

namespace Compressor.Cli.Commands;

/// <summary><c>--engine</c>: what runs the transformer. The bytes do not depend on it.</summary>
internal sealed class EngineOption : Option<string>
{
    private const string Simd = "simd";
    private const string Torch = "torch";

    public EngineOption()
        : base("--engine")
    {
        HelpName = $"{Simd}|{Torch}";
        Description = "What runs the model: the tool's own kernels, or tensors (docs/torchsharp.md). The result does not depend on it.";
        DefaultValueFactory = _ => Simd;
        Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not (Simd or Torch) } token])
                result.AddError($"--engine must be {Simd} or {Torch}, not '{token.Value}'");
        });
    }

    /// <summary>The same models, run by the engine that the command line asks for.</summary>
    public ModelCatalog Apply(ModelCatalog models, ParseResult result, int threads) =>
        result.GetValue(this) == Torch ? models.LoadedBy(folder => TorchEngine.Load(folder, threads)) : models;
}
