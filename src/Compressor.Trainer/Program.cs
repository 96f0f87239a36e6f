using Compressor.Cli;
using Compressor.Cli.Models;
using Compressor.Cli.Terminal;
using Compressor.Trainer;

using var interruption = Interruption.OfProcess();
using var streams = StandardStreams.OfProcess();
return Tool.Run(args, new ToolContext(streams, ModelCatalog.OfProcess(), interruption) { Torch = new LinkedTorch() });
