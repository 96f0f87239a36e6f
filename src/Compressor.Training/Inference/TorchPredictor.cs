using Compressor.Prediction.Networks;

namespace Compressor.Training.Inference;

/// <summary>
/// The exact network in tensor operations: the same integers as the compressor's kernels give, from whatever runs the
/// tensors. Weights and caches hold int8 values as floats.
/// </summary>
internal sealed class TorchPredictor : INetwork, IDisposable
{
    /// <param name="config">Shape of the network.</param>
    /// <param name="file">Weights that were checked.</param>
    public TorchPredictor(ModelConfig config, SafetensorsFile file)
    {
        Config = config;
        int d = config.HiddenSize, queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        Inputs = new InputRows(config, file);
        Rotary = new RotaryTable(config.HeadSize, config.RotaryBase);
        Layers = [.. Enumerable.Range(0, config.Layers).Select(i => $"model.layers.{i}.").Select(layer => new Layer(
            new ExactMatrix(file, layer + "self_attn.q_proj.weight", queries, d, 127),
            new ExactMatrix(file, layer + "self_attn.k_proj.weight", keys, d, 127),
            new ExactMatrix(file, layer + "self_attn.v_proj.weight", keys, d, 127),
            new ExactMatrix(file, layer + "self_attn.o_proj.weight", d, queries, 127),
            new ExactMatrix(file, layer + "mlp.up_proj.weight", config.IntermediateSize, d, 127),
            new ExactMatrix(file, layer + "mlp.down_proj.weight", d, config.IntermediateSize, 255)))];
        Head = new ExactMatrix(file, "lm_head.weight", config.VocabularySize, d, 127);
        Powers = ExactSteps.PowersOfTwo().DetachFromDisposeScope();
    }

    /// <summary>The matrices of one layer.</summary>
    internal sealed record Layer(ExactMatrix Query, ExactMatrix Key, ExactMatrix Value, ExactMatrix Output, ExactMatrix Up, ExactMatrix Down);

    public ModelConfig Config { get; }

    public int VocabularySize => Config.VocabularySize;

    public int StartToken => ModelConfig.BosToken;

    /// <inheritdoc/>
    public int ScoredRows => 128;

    /// <inheritdoc/>
    public int VocabularyTile => 128;

    /// <summary>Held while the network runs: it has threads, or a device, of its own, and gains nothing from several callers at once.</summary>
    public Lock Gate { get; } = new();

    public InputRows Inputs { get; }

    public RotaryTable Rotary { get; }

    public Layer[] Layers { get; }

    public ExactMatrix Head { get; }

    /// <summary>See <see cref="ExactSteps.PowersOfTwo"/>.</summary>
    public Tensor Powers { get; }

    /// <inheritdoc/>
    public INetworkState Open(int lanes, int maxRows) => new TorchLanes(this, lanes, maxRows);

    public void Dispose()
    {
        foreach (var (query, key, value, output, up, down) in Layers)
        {
            foreach (var matrix in (ReadOnlySpan<ExactMatrix>)[query, key, value, output, up, down])
                matrix.Dispose();
        }

        Head.Dispose();
        Powers.Dispose();
    }
}
