using System.CommandLine;
using Compressor.Cli.Commands;

namespace Compressor.Cli.Torch;

/// <summary>
/// What takes libtorch, half a gigabyte that most never need. It is not in this program but in the trainer, a program of its own
/// that is this one and an implementation of this (<see cref="TrainerProgram"/>).
/// </summary>
internal interface ITorch
{
    /// <summary>Loads a model that libtorch runs.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="threads">Threads to use; 0 for all cores.</param>
    /// <param name="device">One of <see cref="CommonOptions.Devices"/>.</param>
    LanguageModel Load(string folder, int threads, string device);

    /// <summary>Trains as the command line asks.</summary>
    /// <returns>The exit code.</returns>
    int Train(TrainCommand command, ParseResult result, ToolContext context);
}
