using Compressor.Training.Compute;

namespace Compressor.Training.Optimisation;

/// <summary>AdamW (Loshchilov and Hutter, 2019) for one parameter.</summary>
internal sealed class AdamW : IDisposable
{
    private const double Epsilon = 1e-8;

    private readonly Parameter _parameter;
    private readonly double _beta1, _beta2, _weightDecay;

    public AdamW(string name, Parameter parameter, double beta1, double beta2, double weightDecay)
    {
        Name = name;
        _parameter = parameter;
        (_beta1, _beta2, _weightDecay) = (beta1, beta2, weightDecay);
        Mean = torch.zeros_like(parameter).DetachFromDisposeScope();
        MeanSquare = torch.zeros_like(parameter).DetachFromDisposeScope();
    }

    /// <summary>The parameter's name.</summary>
    public string Name { get; }

    /// <summary>Running average of the gradient.</summary>
    public Tensor Mean { get; }

    /// <summary>Running average of its square.</summary>
    public Tensor MeanSquare { get; }

    /// <summary>Step number <paramref name="step"/>, from 1, along the parameter's gradient times <paramref name="clip"/>.</summary>
    public void Step(long step, double learningRate, double clip)
    {
        using var scope = torch.NewDisposeScope();
        if (_parameter.grad is not { } gradient)
            return;
        gradient.Scale(clip);
        Mean.Scale(_beta1).Add(gradient, 1 - _beta1);
        MeanSquare.Scale(_beta2).AddProduct(gradient, gradient, 1 - _beta2);
        var root = MeanSquare.sqrt().Scale(1 / Math.Sqrt(1 - Math.Pow(_beta2, step))).Add(Epsilon);
        _parameter.Scale(1 - learningRate * _weightDecay).AddQuotient(Mean, root, -learningRate / (1 - Math.Pow(_beta1, step)));
    }

    public void Dispose()
    {
        Mean.Dispose();
        MeanSquare.Dispose();
    }
}
