using Compressor.Training.Compute;

namespace Compressor.Training.Optimisation;

/// <summary>The gradient of a table of which a batch looks up few rows.</summary>
/// <param name="Rows">Which rows, each once: Int64, [n].</param>
/// <param name="Values">Their gradients, [n, d].</param>
internal sealed record RowGradient(Tensor Rows, Tensor Values) : IDisposable
{
    public void Dispose()
    {
        Rows.Dispose();
        Values.Dispose();
    }
}

/// <summary>
/// The optimiser of a hashed n-gram table. A batch looks up a small part of the rows; only those are touched, without
/// momentum, each by its gradient over the root of that row's own mean square. The mean starts at zero uncorrected, so a
/// row that is met for the first time moves furthest, and one that is met often as AdamW would move it.
/// </summary>
internal sealed class TableOptimizer : IDisposable
{
    private const double Epsilon = 1e-8;

    private readonly Parameter _table;
    private readonly double _beta;

    public TableOptimizer(string name, Parameter table, double beta)
    {
        Name = name;
        _table = table;
        _beta = beta;
        MeanSquare = torch.zeros_like(table).DetachFromDisposeScope();
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>Running average of the square of each row's gradient: the optimiser's whole state.</summary>
    public Tensor MeanSquare { get; }

    /// <summary>v = β v + (1 − β) g², p = p − rate · g / (√v + ε), with the gradient times <paramref name="clip"/>.</summary>
    public void Step(RowGradient gradient, double learningRate, double clip)
    {
        using var scope = torch.NewDisposeScope();
        var g = gradient.Values.Times(clip);
        var squares = MeanSquare.index_select(0, gradient.Rows).Scale(_beta).AddProduct(g, g, 1 - _beta);
        MeanSquare.index_copy_(0, gradient.Rows, squares);
        _table.AddRows(gradient.Rows, g.div_(squares.sqrt_().Add(Epsilon)), -learningRate);
    }

    public void Dispose() => MeanSquare.Dispose();
}
