using Compressor.Training.Model;

namespace Compressor.Training.Optimisation;

/// <summary>
/// The optimiser of a whole model: Muon for the matrices of the layers, <see cref="TableOptimizer"/> for the hashed
/// n-gram tables, and AdamW for the head and the token embeddings, the latter without weight decay (a row that is not
/// looked up must not shrink).
/// </summary>
internal sealed class ModelOptimizer : IDisposable
{
    private readonly TrainableTransformer _model;
    private readonly Parameter[] _parameters;
    private readonly double _clip;
    private readonly Muon _muon;
    private readonly TableOptimizer _tables;
    private readonly (AdamW Optimizer, (string Name, Parameter Value)[] Parameters)[] _groups;

    public ModelOptimizer(TrainableTransformer model, TrainingRecipe recipe)
    {
        _model = model;
        var named = model.named_parameters().Select(p => (Name: p.name, Value: p.parameter)).ToArray();
        _parameters = [.. named.Select(p => p.Value)];
        _clip = recipe.GradientClip;
        var kinds = named.ToLookup(p => KindOf(p.Name));
        _muon = new Muon([.. kinds[Kind.Layer]], recipe.Momentum, recipe.WeightDecay);
        _tables = new TableOptimizer([.. kinds[Kind.NgramTable]], recipe.Beta2);
        _groups = [Create([.. kinds[Kind.Head]], recipe, recipe.WeightDecay), Create([.. kinds[Kind.TokenTable]], recipe, 0)];
    }

    private enum Kind
    {
        Layer,
        Head,
        TokenTable,
        NgramTable,
    }

    /// <summary>Clips the gradients, takes one step with the given learning rate, and forgets the gradients.</summary>
    public void Step(double learningRate)
    {
        nn.utils.clip_grad_norm_(_parameters, _clip);
        _muon.Step(learningRate);
        _tables.Step(learningRate);
        foreach (var (optimizer, _) in _groups)
        {
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = learningRate;
            optimizer.step();
        }

        _model.zero_grad(set_to_none: false);
    }

    /// <summary>Sets the number of steps behind the averages.</summary>
    public void SetSteps(long steps)
    {
        foreach (var (optimizer, _) in _groups)
        {
            foreach (var state in optimizer.state_dict().State)
                ((AdamW.State)state).step = steps;
        }
    }

    /// <summary>All that the optimiser remembers but the number of steps, each tensor under a name of its own.</summary>
    public IEnumerable<(string Name, Tensor Value)> States()
    {
        foreach (var (optimizer, parameters) in _groups)
        {
            var states = optimizer.state_dict().State;
            for (int i = 0; i < parameters.Length; i++)
            {
                var state = (AdamW.State)states[i];
                yield return ($"exp_avg.{parameters[i].Name}", state.exp_avg);
                yield return ($"exp_avg_sq.{parameters[i].Name}", state.exp_avg_sq);
            }
        }

        foreach (var (name, momentum) in _muon.States())
            yield return ($"momentum.{name}", momentum);
        foreach (var (name, squares) in _tables.States())
            yield return ($"mean_square.{name}", squares);
    }

    public void Dispose()
    {
        foreach (var (optimizer, _) in _groups)
            optimizer.Dispose();
        _muon.Dispose();
        _tables.Dispose();
    }

    private static Kind KindOf(string name) =>
        name.Contains(".ngram_embeddings.", StringComparison.Ordinal) ? Kind.NgramTable
        : TrainableTransformer.IsTable(name) ? Kind.TokenTable
        : name.StartsWith("model.layers.", StringComparison.Ordinal) ? Kind.Layer
        : Kind.Head;

    private static (AdamW, (string, Parameter)[]) Create((string Name, Parameter Value)[] parameters, TrainingRecipe recipe, double weightDecay) =>
        (optim.AdamW(parameters.Select(p => p.Value), recipe.LearningRate, recipe.Beta1, recipe.Beta2, weight_decay: weightDecay), parameters);
}
