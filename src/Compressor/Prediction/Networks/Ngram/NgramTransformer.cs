using System.Collections.Concurrent;
using Compressor.Kernels;
using Compressor.Prediction.Networks.Learning;

namespace Compressor.Prediction.Networks.Ngram;

/// <summary>
/// The exact network of docs/exactness.md, run by this library's kernels: a transformer whose inputs are sums of embeddings
/// of a token and of the hashed n-grams that it ends.
/// </summary>
internal sealed class NgramTransformer : INetwork
{
    private readonly TransformerWeights _weights;
    private readonly InstructionSet _set;
    private readonly ConcurrentBag<ForwardPass> _idle = [];   // scoring passes, some megabytes each, that were disposed

    /// <exception cref="InvalidDataException">The file does not hold the weights of such a model.</exception>
    public NgramTransformer(ModelConfig config, SafetensorsFile file) : this(config, file, InstructionSets.Current)
    {
    }

    /// <summary>As above with a given instruction set; every one gives the same bits.</summary>
    public NgramTransformer(ModelConfig config, SafetensorsFile file, InstructionSet set)
    {
        _weights = new TransformerWeights(config, file);
        _set = set;
    }

    public int VocabularySize => _weights.Config.VocabularySize;

    public int StartToken => ModelConfig.BosToken;

    /// <inheritdoc/>
    public int ScoredRows => KeyValueCache.Slack;

    /// <inheritdoc/>
    public int VocabularyTile => ForwardPass.VocabularyTile;

    /// <inheritdoc/>
    public INetworkState Open(int lanes, int maxRows)
    {
        if (lanes == 1 && maxRows == ScoredRows)
            return _idle.TryTake(out var pass) ? pass.Reopen() : new ForwardPass(_weights, 1, ScoredRows, _set, _idle.Add);
        return new ForwardPass(_weights, lanes, maxRows, _set);
    }

    /// <inheritdoc/>
    public bool CanLearn => true;

    /// <inheritdoc/>
    public LearningTransformer OpenLearner(int lanes, LearningSettings settings, int threads)
    {
        var network = new LearningTransformer(_weights.Config, lanes, settings, threads, _set);
        InstalledWeights.Load(network, _weights.Config, _weights.File);
        return network;
    }
}
