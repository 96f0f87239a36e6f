namespace Compressor.Training.Model;

/// <summary>
/// The weights as a step computes with them: matrices in the type of the products, queries, keys and values of a layer as one, their
/// rows in the order of <see cref="RotaryPositions"/>, and of each n-gram table only the rows that are looked up.
/// </summary>
/// <param name="Tokens">[V, d], float32.</param>
/// <param name="Ngrams">[rows, d], float32, per table.</param>
/// <param name="Layers">The blocks.</param>
/// <param name="Head">[V, d].</param>
internal sealed record StepWeights(Tensor Tokens, Tensor[] Ngrams, StepWeights.Layer[] Layers, Tensor Head)
{
    /// <summary>The matrices of one block, each [outputs, inputs].</summary>
    /// <param name="Attention">Queries of all heads, keys, values: [(H + 2·G) · head, d].</param>
    /// <param name="Output">[d, H · head].</param>
    /// <param name="Up">[inner, d].</param>
    /// <param name="Down">[d, inner].</param>
    internal sealed record Layer(Tensor Attention, Tensor Output, Tensor Up, Tensor Down);

    /// <summary>The weights of a model as they are now.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ngrams">The rows of its n-gram tables, or the tables themselves.</param>
    /// <param name="type">The type of the products.</param>
    public static StepWeights Of(TrainableTransformer model, Tensor[] ngrams, ScalarType type)
    {
        var order = torch.tensor(RotaryPositions.RowOrder(model.Config));
        return new StepWeights(model.Tokens.weight!, ngrams, [.. model.Layers.Select(Copy)], model.Head.weight!.to_type(type));

        Layer Copy(TrainableTransformer.Layer layer) => new(
            torch.cat([layer.Query.weight!, layer.Key.weight!, layer.Value.weight!]).index_select(0, order).to_type(type),
            layer.Output.weight!.to_type(type), layer.Up.weight!.to_type(type), layer.Down.weight!.to_type(type));
    }

    /// <summary>The same values, to collect gradients of one's own.</summary>
    public StepWeights AsLeaves() => new(Leaf(Tokens), [.. Ngrams.Select(Leaf)],
        [.. Layers.Select(l => new Layer(Leaf(l.Attention), Leaf(l.Output), Leaf(l.Up), Leaf(l.Down)))], Leaf(Head));

    private static Tensor Leaf(Tensor weights) => weights.detach().requires_grad_();
}
