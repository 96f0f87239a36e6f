using Compressor.Training;

namespace Compressor.Benchmarks.Claim;

/// <summary>The models of the ladder: the same vocabulary and window, ever wider and deeper.</summary>
internal static class LadderRung
{
    /// <summary>Small, so that the head does not outweigh the layers of the smallest models.</summary>
    public const int VocabularySize = 512;

    private const int Window = 256, Sequences = 8;

    public static IReadOnlyList<TrainingRecipe> All { get; } =
    [
        Of("w32", width: 32, layers: 1, inner: 64),
        Of("w64", width: 64, layers: 1, inner: 192),
        Of("w96", width: 96, layers: 2, inner: 288),
        Of("w128", width: 128, layers: 3, inner: 448),
        Of("w192", width: 192, layers: 4, inner: 576),
        Of("w256", width: 256, layers: 4, inner: 832),
    ];

    /// <summary>A model without n-gram tables, one key/value head, and a rate that falls with the root of its width.</summary>
    public static TrainingRecipe Of(string name, int width, int layers, int inner, int vocabulary = VocabularySize) => new()
    {
        Name = name,
        Config = new ModelConfig
        {
            VocabularySize = vocabulary,
            HiddenSize = width,
            Layers = layers,
            Heads = width / ModelConfig.Unit,
            KeyValueHeads = 1,
            HeadSize = ModelConfig.Unit,
            IntermediateSize = inner,
            Window = Window,
        },
        SequenceLength = Window,
        Sequences = Sequences,
        LearningRate = 4e-3 * Math.Sqrt(128.0 / width),
        DecayPart = 0.25, // so that most of the pass shows a loss that falls with the tokens alone
    };
}
