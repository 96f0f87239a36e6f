using BenchmarkDotNet.Running;
using Compressor.Benchmarks.Choice;
using Compressor.Benchmarks.Claim;
using Compressor.Benchmarks.Corpus;
using Compressor.Benchmarks.Joined;
using Compressor.Benchmarks.Kinds;
using Compressor.Benchmarks.Records;
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
        case [ChoiceCommand.Name, .. var rest]:
            return ChoiceCommand.Run(rest);
        case [KindsCommand.Name, .. var rest]:
            return KindsCommand.Run(rest);
        case [JoinedCommand.Name, .. var rest]:
            return JoinedCommand.Run(rest);
        case [RecordsCommand.Name, .. var rest]:
            return RecordsCommand.Run(rest);
        case [LibraryContestant.ChildCommand, .. var rest]:
            return LibraryContestant.RunChild(rest);
        default:
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
            return 0;
    }
}
catch (ArgumentException e)
{
    var usage = args switch
    {
        [ClaimCommand.Name, ..] => ClaimCommand.Usage,
        [ChoiceCommand.Name, ..] => ChoiceCommand.Usage,
        [KindsCommand.Name, ..] => KindsCommand.Usage,
        [JoinedCommand.Name, ..] => JoinedCommand.Usage,
        [RecordsCommand.Name, ..] => RecordsCommand.Usage,
        _ => CorpusCommand.Usage,
    };
    Console.Error.WriteLine($"{e.Message}\n{usage}");
    return 2;
}
catch (Exception e) when (e is InvalidOperationException or InvalidDataException or IOException or ArithmeticException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
