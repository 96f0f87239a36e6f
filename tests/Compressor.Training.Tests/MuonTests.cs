using Compressor.Training.Optimisation;

namespace Compressor.Training.Tests;

public class MuonTests
{
    [Theory]
    [InlineData(6, 6)]
    [InlineData(6, 20)]
    [InlineData(20, 6)]
    public void OrthogonalizingKeepsTheDirectionsAndEvensTheLengths(int rows, int columns)
    {
        using var scope = torch.NewDisposeScope();
        var rank = Math.Min(rows, columns);
        double[] lengths = [.. Enumerable.Range(0, rank).Select(i => Math.Pow(2, i) * 0.1)];
        double[,] left = Reflection(rows, 1), right = Reflection(columns, 2);
        var matrix = torch.tensor([.. Cells(rows, columns, (i, j) => Enumerable.Range(0, rank).Sum(r => left[i, r] * lengths[r] * right[r, j]))])
            .view(rows, columns);

        var tall = rows > columns;
        var flat = Muon.Orthogonalize((tall ? matrix.t() : matrix).unsqueeze(0), ScalarType.Float32)[0];
        var result = (tall ? flat.t().contiguous() : flat).data<float>().ToArray();

        // In the basis of the singular vectors the result is diagonal.
        for (var r = 0; r < rank; r++)
        {
            for (var s = 0; s < rank; s++)
            {
                double value = 0;
                for (var i = 0; i < rows; i++)
                {
                    for (var j = 0; j < columns; j++)
                        value += left[i, r] * result[i * columns + j] * right[s, j];
                }

                if (r == s)
                    Assert.InRange(value, 0.65, 1.25);
                else
                    Assert.InRange(value, -1e-4, 1e-4);
            }
        }
    }

    [Fact]
    public void AStepHasTheSizeOfAdamWsAndDecaysTheWeights()
    {
        using var scope = torch.NewDisposeScope();
        const int Rows = 64, Columns = 32;
        const double Rate = 0.01, Decay = 0.5;
        var weight = new Parameter(torch.ones(Rows, Columns));
        using var muon = new Muon([("w", weight)], 0.95, Decay, ScalarType.Float32, 1);
        var direction = torch.tensor([.. Cells(Rows, Columns, (i, j) => Math.Sin(i * 12.9 + j * 78.2 + i * j))]).view(Rows, Columns);
        (weight * direction).sum().backward();
        muon.Step(0, Rate, clip: 1);
        var squares = weight.data<float>().ToArray().Sum(w => Math.Pow(w - (1 - Rate * Decay), 2));
        Assert.InRange(Math.Sqrt(squares / (Rows * Columns)) / Rate, 0.1, 0.3); // 0.2, a little less for uneven singular values
    }

    [Fact]
    public void MatricesOfABatchAreSteppedAsIfAlone()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        long[][] shapes = [[6, 20], [20, 6], [6, 20], [8, 8], [20, 6]];
        var values = shapes.Select(shape => torch.randn(shape)).ToArray();
        var gradients = shapes.Select(shape => torch.randn(shape)).ToArray();
        (string, Parameter)[] together = Parameters(), alone = Parameters();
        using (var muon = new Muon(together, 0.95, 0.1, ScalarType.Float32, workers: 2))
        {
            Assert.Equal(3, muon.Batches); // four of one shape in two, and one
            for (var batch = 0; batch < muon.Batches; batch++)
                muon.Step(batch, 0.1, clip: 1);
        }

        foreach (var ((_, expected), (_, actual)) in alone.Zip(together))
        {
            using var muon = new Muon([("w", expected)], 0.95, 0.1, ScalarType.Float32, workers: 1);
            muon.Step(0, 0.1, clip: 1);
            Assert.InRange((expected - actual).abs().max().ToDouble(), 0, 1e-5);
        }

        (string, Parameter)[] Parameters() => [.. values.Zip(gradients, (value, gradient) =>
        {
            var parameter = new Parameter(value.clone());
            parameter.grad = gradient.clone();
            return ("w", parameter);
        })];
    }

    [Fact]
    public void AMatrixWithoutGradientStays()
    {
        using var weight = new Parameter(torch.ones(4, 4));
        using var muon = new Muon([("w", weight)], 0.95, 0.1, ScalarType.Float32, 1);
        muon.Step(0, 0.1, clip: 1);
        Assert.All(weight.data<float>().ToArray(), w => Assert.Equal(1, w));
    }

    private static IEnumerable<float> Cells(int rows, int columns, Func<int, int, double> value) =>
        from i in Enumerable.Range(0, rows) from j in Enumerable.Range(0, columns) select (float)value(i, j);

    /// <summary>A Householder reflection, I − 2·v·vᵀ/|v|²: an orthogonal matrix with no zeros.</summary>
    private static double[,] Reflection(int n, int seed)
    {
        double[] v = [.. Enumerable.Range(0, n).Select(i => Math.Cos(i * 1.7 + seed))];
        var square = v.Sum(x => x * x);
        var result = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                result[i, j] = (i == j ? 1 : 0) - 2 * v[i] * v[j] / square;
        }

        return result;
    }
}
