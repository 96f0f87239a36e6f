using Compressor.Training.Compute;
using Compressor.Training.Model;

namespace Compressor.Training.Optimisation;

/// <summary>
/// The optimiser of a whole model: Muon for the matrices of the layers, <see cref="TableOptimizer"/> for the hashed
/// n-gram tables, and AdamW for the head and the token embeddings, the latter without weight decay (a row that is not
/// looked up must not shrink).
/// </summary>
internal sealed class ModelOptimizer : IDisposable
{
    private readonly (string Name, Parameter Value)[] _parameters;
    private readonly double _clip;
    private readonly Muon _muon;
    private readonly TableOptimizer[] _tables;
    private readonly AdamW[] _adamW;
    private long _steps;

    /// <param name="model">The model.</param>
    /// <param name="recipe">Momenta, decay, clipping.</param>
    /// <param name="type">The type of the products.</param>
    /// <param name="workers">How many threads will share a step.</param>
    public ModelOptimizer(TrainableTransformer model, TrainingRecipe recipe, ScalarType type, int workers)
    {
        var named = model.named_parameters().ToLookup(p => KindOf(p.name), p => (p.name, p.parameter));
        _parameters = [.. named.Where(kind => kind.Key != Kind.NgramTable).SelectMany(kind => kind)];
        _clip = recipe.GradientClip;
        _muon = new Muon([.. named[Kind.Layer]], recipe.Momentum, recipe.WeightDecay, type, workers);
        _tables = [.. named[Kind.NgramTable].Select(p => new TableOptimizer(p.name, p.parameter, recipe.Beta2))];
        _adamW = [.. named[Kind.Head].Select(p => new AdamW(p.name, p.parameter, recipe.Beta1, recipe.Beta2, recipe.WeightDecay)),
            .. named[Kind.TokenTable].Select(p => new AdamW(p.name, p.parameter, recipe.Beta1, recipe.Beta2, weightDecay: 0))];
    }

    private enum Kind
    {
        Layer,
        Head,
        TokenTable,
        NgramTable,
    }

    /// <summary>Takes one step along the gradients of the parameters, clipped, and those of the n-gram tables, in the order of the tables.</summary>
    public void Step(RowGradient[] tables, double learningRate, WorkerThreads workers)
    {
        _steps++;
        var clip = Math.Min(1, _clip / (Norm(tables, workers) + 1e-6));
        // The largest first: whoever has one of them takes fewer of the others.
        workers.ForEach(_muon.Batches + _adamW.Length + _tables.Length, i =>
        {
            if (i < _muon.Batches)
                _muon.Step(i, learningRate, clip);
            else if ((i -= _muon.Batches) < _adamW.Length)
                _adamW[i].Step(_steps, learningRate, clip);
            else
                _tables[i - _adamW.Length].Step(tables[i - _adamW.Length], learningRate, clip);
        });
    }

    /// <summary>Sets the number of steps behind the averages.</summary>
    public void SetSteps(long steps) => _steps = steps;

    /// <summary>All that the optimiser remembers but the number of steps, each tensor under a name of its own.</summary>
    public IEnumerable<(string Name, Tensor Value)> States()
    {
        foreach (var state in _adamW)
        {
            yield return ($"exp_avg.{state.Name}", state.Mean);
            yield return ($"exp_avg_sq.{state.Name}", state.MeanSquare);
        }

        foreach (var (name, momentum) in _muon.States())
            yield return ($"momentum.{name}", momentum);
        foreach (var table in _tables)
            yield return ($"mean_square.{table.Name}", table.MeanSquare);
    }

    public void Dispose()
    {
        _muon.Dispose();
        Array.ForEach(_adamW, state => state.Dispose());
        Array.ForEach(_tables, table => table.Dispose());
    }

    /// <summary>The length of all gradients as one vector, added up in a fixed order.</summary>
    private double Norm(RowGradient[] tables, WorkerThreads workers)
    {
        var squares = new double[_parameters.Length + tables.Length];
        workers.ForEach(squares.Length, i =>
        {
            using var scope = torch.NewDisposeScope();
            var gradient = i < _parameters.Length ? _parameters[i].Value.grad : tables[i - _parameters.Length].Values;
            var length = gradient is null ? 0 : torch.linalg.vector_norm(gradient.view(-1), 2, null, false).ToDouble();
            squares[i] = length * length;
        });
        return Math.Sqrt(squares.Sum());
    }

    private static Kind KindOf(string name) =>
        name.Contains(".ngram_embeddings.", StringComparison.Ordinal) ? Kind.NgramTable
        : TrainableTransformer.IsTable(name) ? Kind.TokenTable
        : name.StartsWith("model.layers.", StringComparison.Ordinal) ? Kind.Layer
        : Kind.Head;
}
