using Compressor.Training.Optimisation;

namespace Compressor.Training.Tests;

public class OptimizerTests
{
    [Fact]
    public void AdamWStepsAsLibTorchs()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var start = torch.randn([7, 5]);
        Parameter ours = new(start.clone()), theirs = new(start.clone());
        using var optimizer = new Training.Optimisation.AdamW("w", ours, 0.9, 0.97, 0.1);
        using var reference = optim.AdamW([theirs], 0.01, 0.9, 0.97, weight_decay: 0.1);
        for (var step = 1; step <= 5; step++)
        {
            var gradient = torch.randn([7, 5]);
            ours.grad = gradient * 4;
            theirs.grad = gradient.clone();
            using (torch.no_grad())
                optimizer.Step(step, 0.01, clip: 0.25);
            reference.step();
            Assert.InRange((ours - theirs).abs().max().ToDouble(), 0, 1e-6);
        }
    }

    [Fact]
    public void ATableIsSteppedRowByRow()
    {
        const double Rate = 0.1, Beta = 0.97;
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var table = new Parameter(torch.zeros([4, 1]));
        using var optimizer = new TableOptimizer("t", table, Beta);
        optimizer.Step(new RowGradient(torch.tensor([2L, 0]), torch.tensor([3f, -1]).view(2, 1)), Rate, clip: 0.5);
        optimizer.Step(new RowGradient(torch.tensor([2L]), torch.tensor([1f]).view(1, 1)), Rate, clip: 1);
        double first = Rate / Math.Sqrt(1 - Beta), square = Beta * (1 - Beta) * 1.5 * 1.5 + (1 - Beta);
        var rows = table.data<float>().ToArray();
        Assert.Equal(first, rows[0], 1e-5);
        Assert.Equal(0, rows[1]);
        Assert.Equal(-first - Rate / Math.Sqrt(square), rows[2], 1e-5);
        Assert.Equal(0, rows[3]);
    }
}
