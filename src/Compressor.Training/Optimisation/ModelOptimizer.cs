using Compressor.Training.Model;

namespace Compressor.Training.Optimisation;

/// <summary>
/// The optimiser of a whole model: AdamW with weight decay for the matrices that are multiplied, without for the
/// look-up tables (a row that is not looked up must not shrink).
/// </summary>
internal sealed class ModelOptimizer : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly double _clip;
    private readonly (AdamW Optimizer, (string Name, Parameter Value)[] Parameters)[] _groups;

    public ModelOptimizer(TrainableTransformer model, TrainingRecipe recipe)
    {
        var named = model.named_parameters().Select(p => (Name: p.name, Value: p.parameter)).ToArray();
        _parameters = [.. named.Select(p => p.Value)];
        _clip = recipe.GradientClip;
        _groups =
        [
            Create([.. named.Where(p => !TrainableTransformer.IsTable(p.Name))], recipe, recipe.WeightDecay),
            Create([.. named.Where(p => TrainableTransformer.IsTable(p.Name))], recipe, 0),
        ];
    }

    /// <summary>Clips the gradients, takes one step with the given learning rate, and forgets the gradients.</summary>
    public void Step(double learningRate)
    {
        nn.utils.clip_grad_norm_(_parameters, _clip);
        foreach (var (optimizer, _) in _groups)
        {
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = learningRate;
            optimizer.step();
            optimizer.zero_grad();
        }
    }

    /// <summary>The running averages, by parameter, and the number of steps behind them.</summary>
    public IEnumerable<(string Name, AdamW.State State)> States()
    {
        foreach (var (optimizer, parameters) in _groups)
        {
            var states = optimizer.state_dict().State;
            for (int i = 0; i < parameters.Length; i++)
                yield return (parameters[i].Name, (AdamW.State)states[i]);
        }
    }

    public void Dispose()
    {
        foreach (var (optimizer, _) in _groups)
            optimizer.Dispose();
    }

    private static (AdamW, (string, Parameter)[]) Create((string Name, Parameter Value)[] parameters, TrainingRecipe recipe, double weightDecay) =>
        (optim.AdamW(parameters.Select(p => p.Value), recipe.LearningRate, recipe.Beta1, recipe.Beta2, weight_decay: weightDecay), parameters);
}
