using Compressor.Training.Compute;

namespace Compressor.Training.Optimisation;

/// <summary>
/// Muon (Jordan, 2024): momentum whose update is the nearest semi-orthogonal matrix to the averaged gradient, so that
/// every direction of a matrix learns at the same pace. The update is scaled by 0.2·√max(rows, columns) (Liu et al.,
/// 2025), which gives its elements the size of AdamW's, so both share a learning rate and a weight decay.
/// Matrices of one shape, or one the transpose of the other, are taken together: one product of many matrices keeps a
/// core busier than many products.
/// </summary>
internal sealed class Muon : IDisposable
{
    /// <summary>Steps of the Newton-Schulz iteration.</summary>
    private const int Iterations = 5;

    private const double UpdateSize = 0.2;

    // Jordan's coefficients: x → a·x + b·x³ + c·x⁵ takes singular values in (0, 1] to about [0.7, 1.2] in five rounds.
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

    private readonly (string Name, Parameter Value, Tensor Momentum)[] _parameters;
    private readonly (string Name, Parameter Value, Tensor Momentum)[][] _batches;
    private readonly double _momentum;
    private readonly double _weightDecay;
    private readonly ScalarType _type;

    /// <param name="parameters">Matrices.</param>
    /// <param name="momentum">How much of the average stays in a step.</param>
    /// <param name="weightDecay">Decoupled weight decay.</param>
    /// <param name="type">The type of the products.</param>
    /// <param name="workers">Each shape is cut into this many batches of about the same size.</param>
    public Muon((string Name, Parameter Value)[] parameters, double momentum, double weightDecay, ScalarType type, int workers)
    {
        _momentum = momentum;
        _weightDecay = weightDecay;
        _type = type;
        _parameters = [.. parameters.Select(p => (p.Name, p.Value, torch.zeros_like(p.Value).DetachFromDisposeScope()))];
        _batches = [.. _parameters
            .GroupBy(p => (Short: Math.Min(p.Value.shape[0], p.Value.shape[1]), Long: Math.Max(p.Value.shape[0], p.Value.shape[1])))
            .OrderByDescending(shape => shape.Key.Short * shape.Key.Long)
            .SelectMany(shape => shape.Chunk((shape.Count() + workers - 1) / workers))];
    }

    /// <summary>How many batches there are; they can be stepped in any order, and at the same time.</summary>
    public int Batches => _batches.Length;

    /// <summary>
    /// One step of a batch with Nesterov momentum along the gradients times <paramref name="clip"/>; parameters without a gradient stay.
    /// </summary>
    public void Step(int batch, double learningRate, double clip)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var parameters = _batches[batch].Where(p => p.Value.grad is not null).ToArray();
        if (parameters.Length == 0)
            return;
        var updates = Orthogonalize(torch.stack([.. parameters.Select(p => Flat(Average(p.Value.grad!, p.Momentum, clip)))]), _type);
        for (var i = 0; i < parameters.Length; i++)
        {
            var value = parameters[i].Value;
            var size = UpdateSize * Math.Sqrt(Math.Max(value.shape[0], value.shape[1]));
            value.Scale(1 - learningRate * _weightDecay).Add(Flat(value, updates[i]), -learningRate * size);
        }
    }

    /// <summary>The momenta by parameter: the optimiser's whole state.</summary>
    public IEnumerable<(string Name, Tensor Value)> States() => _parameters.Select(p => (p.Name, p.Momentum));

    /// <summary>
    /// U·Vᵀ of the singular value decomposition U·Σ·Vᵀ of each matrix, roughly: singular values come out between 0.7 and 1.2.
    /// </summary>
    /// <param name="matrices">[matrices, m, n] with m ≤ n.</param>
    /// <param name="type">The type of the products, and of the result.</param>
    internal static Tensor Orthogonalize(Tensor matrices, ScalarType type)
    {
        var lengths = matrices.Squared().sum([1, 2], keepdim: true).sqrt_().Add(1e-7);
        var x = (matrices / lengths).to_type(type);
        for (var i = 0; i < Iterations; i++)
        {
            var gram = x.bmm(x.transpose(1, 2));                                   // [matrices, m, m]
            var polynomial = torch.baddbmm(gram, gram, gram, B, C);                // B · gram + C · gram²
            x = torch.baddbmm(polynomial, x, x, A, 1);
        }

        return x;
    }

    public void Dispose()
    {
        foreach (var (_, _, momentum) in _parameters)
            momentum.Dispose();
    }

    private Tensor Average(Tensor gradient, Tensor momentum, double clip)
    {
        momentum.Scale(_momentum).Add(gradient, clip);
        return momentum.Times(_momentum).Add(gradient, clip);
    }

    /// <summary>The matrix, or its transpose if it has more rows than columns.</summary>
    private static Tensor Flat(Tensor matrix) => Flat(matrix, matrix);

    private static Tensor Flat(Tensor like, Tensor matrix) => like.shape[0] > like.shape[1] ? matrix.t() : matrix;
}
