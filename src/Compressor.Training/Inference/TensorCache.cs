namespace Compressor.Training.Inference;

/// <summary>
/// Quantised keys and values of the last positions of all lanes in one layer: a ring of slots, since a maximum and sums
/// of whole numbers have no order. Values are whole numbers within ±127, as floats.
/// </summary>
internal sealed class TensorCache : IDisposable
{
    public TensorCache(ModelConfig config, int lanes, int capacity)
    {
        int heads = config.KeyValueHeads, size = config.HeadSize;
        Keys = torch.zeros([lanes, heads, size, capacity]).DetachFromDisposeScope();
        Values = torch.zeros([lanes, heads, capacity, size]).DetachFromDisposeScope();
        KeyScales = torch.zeros([lanes, heads, 1, capacity]).DetachFromDisposeScope();
        ValueScales = torch.zeros([lanes, heads, 1, capacity]).DetachFromDisposeScope();
    }

    /// <summary>[lanes, heads, head size, slots].</summary>
    public Tensor Keys { get; }

    /// <summary>[lanes, heads, slots, head size].</summary>
    public Tensor Values { get; }

    /// <summary>[lanes, heads, 1, slots].</summary>
    public Tensor KeyScales { get; }

    /// <summary>[lanes, heads, 1, slots].</summary>
    public Tensor ValueScales { get; }

    /// <summary>Quantises and stores keys and values, [lanes, heads, rows, head size], in the given slots, Int64 [rows].</summary>
    public void Store(Tensor slots, Tensor keys, Tensor values)
    {
        var (key, keyScale) = ExactSteps.Quantize(keys, 127);
        var (value, valueScale) = ExactSteps.Quantize(values, 127);
        Keys.index_copy_(3, slots, key.transpose(2, 3));
        KeyScales.index_copy_(3, slots, keyScale.transpose(2, 3));
        Values.index_copy_(2, slots, value);
        ValueScales.index_copy_(3, slots, valueScale.transpose(2, 3));
    }

    public void Dispose()
    {
        Keys.Dispose();
        Values.Dispose();
        KeyScales.Dispose();
        ValueScales.Dispose();
    }
}
