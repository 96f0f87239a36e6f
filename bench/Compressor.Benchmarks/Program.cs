using BenchmarkDotNet.Running;
using Compressor.Benchmarks.Claim;
using Compressor.Benchmarks.Corpus;
using Compressor.Benchmarks.Kinds;
using Compressor.Benchmarks.Training;

try
{
    switch (args)
    {
        case [CorpusCommand.Name, .. var rest]:
            return CorpusCommand.Run(rest);
        case [ClaimCommand.Name, .. var rest]:
            return ClaimCommand.Run(rest);
        case [StepStages.Name, .. var rest]:
            return StepStages.Run(rest);
        case [KindsCommand.Name, .. var rest]:
            return KindsCommand.Run(rest);
        case [LibraryContestant.ChildCommand, .. var rest]:
            return LibraryContestant.RunChild(rest);
        default:
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
            return 0;
    }
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"{e.Message}\n{(args is [ClaimCommand.Name, ..] ? ClaimCommand.Usage : args is [KindsCommand.Name, ..] ? KindsCommand.Usage : CorpusCommand.Usage)}");
    return 2;
}
catch (Exception e) when (e is InvalidOperationException or InvalidDataException or IOException or ArithmeticException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
