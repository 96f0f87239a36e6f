using Compressor.Training.Compute;
using Compressor.Training.Optimisation;

namespace Compressor.Training.Model;

/// <summary>
/// The gradients of the weights of a step, as those of the model's parameters: float32, those of all workers added in their order.
/// </summary>
internal static class GradientSum
{
    /// <summary>Sets the gradient of every parameter but the n-gram tables'.</summary>
    /// <param name="model">The model.</param>
    /// <param name="leaves">Each worker's weights, with their gradients.</param>
    /// <param name="rows">The rows of the n-gram tables that were looked up.</param>
    /// <param name="workers">Who do it.</param>
    /// <returns>The gradients of the n-gram tables.</returns>
    public static RowGradient[] Collect(TrainableTransformer model, StepWeights[] leaves, Tensor[] rows, WorkerThreads workers)
    {
        var config = model.Config;
        var places = new long[RotaryPositions.RowOrder(config).Length];
        foreach (var (row, source) in RotaryPositions.RowOrder(config).Index())
            places[source] = row;
        var tables = new RowGradient[rows.Length];
        workers.ForEach(2 + tables.Length + config.Layers, i =>
        {
            using var scope = torch.NewDisposeScope();
            if (i == 0)
                model.Head.weight!.grad = Sum(w => w.Head);
            else if (i == 1)
                model.Tokens.weight!.grad = Sum(w => w.Tokens);
            else if ((i -= 2) < tables.Length)
                tables[i] = new RowGradient(rows[i].alias().DetachFromDisposeScope(), Sum(w => w.Ngrams[i]).DetachFromDisposeScope());
            else
                CollectLayer(model.Layers[i - tables.Length], i - tables.Length);
        });
        return tables;

        void CollectLayer(TrainableTransformer.Layer layer, int index)
        {
            long queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
            var attention = Sum(w => w.Layers[index].Attention).index_select(0, torch.tensor(places));
            layer.Query.weight!.grad = attention.narrow(0, 0, queries);
            layer.Key.weight!.grad = attention.narrow(0, queries, keys);
            layer.Value.weight!.grad = attention.narrow(0, queries + keys, keys);
            layer.Output.weight!.grad = Sum(w => w.Layers[index].Output);
            layer.Up.weight!.grad = Sum(w => w.Layers[index].Up);
            layer.Down.weight!.grad = Sum(w => w.Layers[index].Down);
        }

        Tensor Sum(Func<StepWeights, Tensor> weight)
        {
            var sum = weight(leaves[0]).grad!.to_type(ScalarType.Float32);
            for (var worker = 1; worker < leaves.Length; worker++)
                sum.Add(weight(leaves[worker]).grad!);
            return sum;
        }
    }
}
