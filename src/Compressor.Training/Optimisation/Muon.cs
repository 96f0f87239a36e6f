using Compressor.Training.Engine;

namespace Compressor.Training.Optimisation;

/// <summary>
/// Muon (Jordan, 2024): momentum whose update is the nearest semi-orthogonal matrix to the averaged gradient, so that
/// every direction of a matrix learns at the same pace. The update is scaled by 0.2·√max(rows, columns) (Liu et al.,
/// 2025), which gives its elements the size of AdamW's, so both share a learning rate and a weight decay.
/// </summary>
internal sealed class Muon : IDisposable
{
    /// <summary>Steps of the Newton-Schulz iteration.</summary>
    private const int Iterations = 5;

    private const double UpdateSize = 0.2;

    // Jordan's coefficients: x → a·x + b·x³ + c·x⁵ takes singular values in (0, 1] to about [0.7, 1.2] in five rounds.
    private const double A = 3.4445, B = -4.7750, C = 2.0315;

    private readonly (string Name, Parameter Value)[] _parameters;
    private readonly Tensor[] _momenta;
    private readonly double _momentum;
    private readonly double _weightDecay;

    public Muon((string Name, Parameter Value)[] parameters, double momentum, double weightDecay)
    {
        _parameters = [.. parameters.OrderByDescending(p => p.Value.shape[0] * p.Value.shape[1])];
        _momentum = momentum;
        _weightDecay = weightDecay;
        _momenta = [.. _parameters.Select(p => torch.zeros_like(p.Value).DetachFromDisposeScope())];
    }

    /// <summary>One step with Nesterov momentum; parameters without a gradient stay. Threads take whole matrices, the largest first.</summary>
    public void Step(double learningRate) => Adaptor.ForEach(_parameters.Length, i =>
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var parameter = _parameters[i].Value;
        if (parameter.grad is not { } gradient)
            return;
        _momenta[i].mul_(_momentum).add_(gradient);
        var update = Orthogonalize(gradient + _momenta[i] * _momentum);
        double size = UpdateSize * Math.Sqrt(Math.Max(parameter.shape[0], parameter.shape[1]));
        parameter.mul_(1 - learningRate * _weightDecay).add_(update, -learningRate * size);
    });

    /// <summary>The momenta by parameter: the optimiser's whole state.</summary>
    public IEnumerable<(string Name, Tensor Value)> States() => _parameters.Zip(_momenta, (p, m) => (p.Name, m));

    /// <summary>U·Vᵀ of the singular value decomposition U·Σ·Vᵀ, roughly: singular values come out between 0.7 and 1.2.</summary>
    internal static Tensor Orthogonalize(Tensor matrix)
    {
        bool tall = matrix.shape[0] > matrix.shape[1];
        var x = tall ? matrix.t() : matrix;                                        // [m, n], m ≤ n
        x = x * (1 / (matrix.norm().item<float>() + 1e-7));
        for (int i = 0; i < Iterations; i++)
        {
            var gram = Adaptor.Gram(x);                                            // [m, m], symmetric
            var polynomial = gram * B + Adaptor.Gram(gram) * C;
            x = x * A + polynomial.matmul(x);
        }

        return tall ? x.t() : x;
    }

    public void Dispose()
    {
        foreach (var momentum in _momenta)
            momentum.Dispose();
    }
}
