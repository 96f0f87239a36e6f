using BenchmarkDotNet.Running;
using Compressor.Benchmarks.Corpus;

try
{
    switch (args)
    {
        case [CorpusCommand.Name, .. var rest]:
            return CorpusCommand.Run(rest);
        case [LibraryContestant.ChildCommand, .. var rest]:
            return LibraryContestant.RunChild(rest);
        default:
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
            return 0;
    }
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"{e.Message}\n{CorpusCommand.Usage}");
    return 2;
}
catch (Exception e) when (e is InvalidOperationException or InvalidDataException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
