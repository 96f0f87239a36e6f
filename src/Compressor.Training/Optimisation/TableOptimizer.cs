using Compressor.Training.Engine;

namespace Compressor.Training.Optimisation;

/// <summary>
/// The optimiser of the hashed n-gram tables. A batch looks up a small part of the rows; only those are touched, without
/// momentum, each by its gradient over the root of that row's own mean square. The mean starts at zero uncorrected, so a
/// row that is met for the first time moves furthest, and one that is met often as AdamW would move it.
/// </summary>
internal sealed class TableOptimizer : IDisposable
{
    private readonly (string Name, Parameter Value)[] _tables;
    private readonly Tensor[] _squares;
    private readonly double _beta;

    public TableOptimizer((string Name, Parameter Value)[] tables, double beta)
    {
        _tables = tables;
        _beta = beta;
        _squares = [.. tables.Select(t => torch.zeros_like(t.Value).DetachFromDisposeScope())];
    }

    public void Step(double learningRate)
    {
        using var noGradient = torch.no_grad();
        for (int i = 0; i < _tables.Length; i++)
        {
            using var scope = torch.NewDisposeScope();
            Adaptor.StepRows(_tables[i].Value, _squares[i], learningRate, _beta);
        }
    }

    /// <summary>The mean squares by table: the optimiser's whole state.</summary>
    public IEnumerable<(string Name, Tensor Value)> States() => _tables.Zip(_squares, (t, v) => (t.Name, v));

    public void Dispose()
    {
        foreach (var squares in _squares)
            squares.Dispose();
    }
}
