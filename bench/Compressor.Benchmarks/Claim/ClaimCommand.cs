namespace Compressor.Benchmarks.Claim;

/// <summary><c>claim EXPERIMENT</c>: the experiments behind docs/claim, each of which writes the figures of its page.</summary>
internal static class ClaimCommand
{
    /// <summary>The first argument that asks for one.</summary>
    public const string Name = "claim";

    /// <summary>The page with a line of every experiment.</summary>
    public const string Overview = "README.md";

    private static readonly Dictionary<string, (string[] Options, Action<ClaimOptions> Run)> Experiments = new(StringComparer.Ordinal)
    {
        [LadderExperiment.Name] = (["--data", "--valid", "--rungs"], LadderExperiment.Run),
        [AreaExperiment.Name] = ([], AreaExperiment.Run),
        [MemoriseExperiment.Name] = (["--data"], MemoriseExperiment.Run),
        [GrammarExperiment.Name] = ([], GrammarExperiment.Run),
        [GeneralisationExperiment.Name] = ([], GeneralisationExperiment.Run),
    };

    public static string Usage => $"""
        usage: claim {string.Join('|', Experiments.Keys)} [--data DIR] [--valid DIR] [--out DIR] [--work DIR]
          --data    text to train on
          --valid   text never trained on
          --rungs   of the ladder, train only these now: NAME,NAME
          --out     folder of the pages, docs/claim unless given
          --work    folder for models, bench-results/claim unless given; what is finished there is not trained again
        """;

    public static int Run(string[] arguments)
    {
        var experiment = arguments.Length > 0 ? arguments[0] : throw new ArgumentException("which experiment?");
        if (!Experiments.TryGetValue(experiment, out var found))
            throw new ArgumentException($"there is no experiment '{experiment}'");
        found.Run(new ClaimOptions(experiment, arguments[1..], found.Options));
        return 0;
    }
}
