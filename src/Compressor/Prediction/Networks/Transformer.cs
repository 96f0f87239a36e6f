using System.Collections.Concurrent;
using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>
/// The exact transformer as a token model. Immutable and shared: each call or session takes a worker's state from a pool.
/// </summary>
internal sealed unsafe class Transformer : ITokenModel
{
    private readonly TransformerWeights _weights;
    private readonly InstructionSet _set;
    private readonly ConcurrentBag<LaneScorer> _scorers = [];

    public Transformer(ModelConfig config, SafetensorsFile file) : this(config, file, InstructionSets.Current)
    {
    }

    /// <summary>As above with a given instruction set; every one gives the same bits.</summary>
    public Transformer(ModelConfig config, SafetensorsFile file, InstructionSet set)
    {
        _weights = new TransformerWeights(config, file);
        _set = set;
    }

    public int VocabularySize => _weights.Config.VocabularySize;

    /// <inheritdoc/>
    public ILaneScorer OpenScorer()
    {
        if (!_scorers.TryTake(out LaneScorer? scorer)) return new LaneScorer(_weights, _set, _scorers.Add);
        scorer.Reset();
        return scorer;
    }

    /// <inheritdoc/>
    public ILaneSession OpenSession(int lanes) => new LaneSession(_weights, lanes, _set);

    /// <summary>A cache for each layer of one sequence.</summary>
    internal static KeyValueCache[] NewCaches(ModelConfig config)
    {
        var caches = new KeyValueCache[config.Layers];
        for (int i = 0; i < caches.Length; i++) caches[i] = new KeyValueCache(config);
        return caches;
    }
}
