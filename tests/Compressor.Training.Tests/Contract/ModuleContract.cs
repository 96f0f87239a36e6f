using static Compressor.Training.Tests.Contract.ContractAssert;

namespace Compressor.Training.Tests.Contract;

public class ModuleContract
{
    [Fact]
    public void ParametersHaveTheNamesOfTheirModules()
    {
        using var model = new Outer();
        Assert.Equal(
            ["table.weight", "parts.0.weight", "parts.1.weight", "last.weight"], model.named_parameters().Select(p => p.name));
        Assert.Equal([[4L, 3], [5, 3], [5, 3], [2, 5]], model.named_parameters().Select(p => p.parameter.shape));
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad && p.is_leaf));
    }

    [Fact]
    public void CallRunsForward()
    {
        using var model = new Outer();
        using var scope = torch.NewDisposeScope();
        using (torch.no_grad())
        {
            foreach (var (_, parameter) in model.named_parameters())
                parameter.fill_(1);
        }

        Is(model.call(torch.tensor([0L, 3, 1], [1, 3])).detach(), [1, 3, 2], 30f, 30, 30, 30, 30, 30);
    }

    [Fact]
    public void GradientsReachOnlyTheRowsLookedUp()
    {
        using var table = nn.Embedding(3, 2);
        using var scope = torch.NewDisposeScope();
        table.call(torch.tensor([2L, 0, 2])).sum().backward();
        IsNear(table.weight!.grad!, 1, 1, 0, 0, 2, 2);
    }

    [Fact]
    public void AdamWFollowsItsFormula()
    {
        const double Rate = 0.1, Beta1 = 0.9, Beta2 = 0.97, Epsilon = 1e-8, Decay = 0.2;
        double[] gradients = [0.5, -2, 0.25];
        using var parameter = new Parameter(torch.tensor([1.5f]));
        using var optimizer = optim.AdamW([parameter], Rate, Beta1, Beta2, weight_decay: Decay);
        double p = 1.5, m = 0, v = 0;
        for (int t = 1; t <= gradients.Length; t++)
        {
            double g = gradients[t - 1], rate = Rate / t;
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate;
            optimizer.zero_grad();
            (parameter * g).sum().backward();
            optimizer.step();
            (m, v) = (Beta1 * m + (1 - Beta1) * g, Beta2 * v + (1 - Beta2) * g * g);
            p *= 1 - rate * Decay;
            p -= rate * (m / (1 - Math.Pow(Beta1, t))) / (Math.Sqrt(v / (1 - Math.Pow(Beta2, t))) + Epsilon);
            Assert.Equal(p, parameter.item<float>(), 1e-5);
        }

        var state = (AdamW.State)optimizer.state_dict().State[0];
        Assert.Equal(3, state.step);
        IsNear(state.exp_avg, m);
        IsNear(state.exp_avg_sq, v);
    }

    [Fact]
    public void ZeroGradForgets()
    {
        using var parameter = new Parameter(torch.tensor([1f]));
        using var optimizer = optim.AdamW([parameter], 0.5);
        (parameter * 3).sum().backward();
        optimizer.zero_grad();
        (parameter * 2).sum().backward();
        IsNear(parameter.grad!, 2);
    }

    [Fact]
    public void ClippingScalesAllGradientsTogether()
    {
        using var first = new Parameter(torch.tensor([1f]));
        using var second = new Parameter(torch.tensor([1f]));
        (first * 3 + second * 4).sum().backward();
        Assert.Equal(5, nn.utils.clip_grad_norm_([first, second], 2.5), 1e-4);
        IsNear(first.grad!, 1.5);
        IsNear(second.grad!, 2);
        Assert.Equal(2.5, nn.utils.clip_grad_norm_([first, second], 10), 1e-4);
        IsNear(first.grad!, 1.5);
    }

    [Fact]
    public void ScopesFreeWhatWasMadeInThem()
    {
        Tensor inner, moved, kept;
        using (var outer = torch.NewDisposeScope())
        {
            using (torch.NewDisposeScope())
            {
                inner = torch.ones([2]);
                moved = (inner * 2).MoveToOuterDisposeScope();
                kept = (inner * 3).DetachFromDisposeScope();
            }

            Assert.True(inner.IsInvalid);
            Is(moved, [2], 2f, 2);
        }

        Assert.True(moved.IsInvalid);
        Is(kept, [2], 3f, 3);
        kept.Dispose();
        Assert.True(kept.IsInvalid);
        kept.Dispose(); // does nothing
    }

    [Fact]
    public void OperandsMayBeFreedBeforeBackward()
    {
        using var x = torch.tensor([3f], requires_grad: true);
        Tensor loss;
        using (var square = x * x)
        using (var twice = square * 2)
            loss = twice.sum();
        loss.backward();
        IsNear(x.grad!, 12);
        loss.Dispose();
    }

    private sealed class Outer : nn.Module<Tensor, Tensor>
    {
        private readonly Embedding _table = nn.Embedding(4, 3);
        private readonly ModuleList<Linear> _parts;
        private readonly Linear _last = nn.Linear(5, 2, hasBias: false);

        public Outer()
            : base(nameof(Outer))
        {
            _parts = new ModuleList<Linear>([nn.Linear(3, 5, hasBias: false), nn.Linear(3, 5, hasBias: false)]);
            register_module("table", _table);
            register_module("parts", _parts);
            register_module("last", _last);
        }

        public override Tensor forward(Tensor input)
        {
            var x = _table.call(input);
            return _last.call(_parts[0].call(x) + _parts[1].call(x));
        }
    }
}
