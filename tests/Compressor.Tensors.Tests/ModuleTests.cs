using Compressor.Tensors.Modules;
using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Tests;

public sealed class ModuleTests
{
    private sealed class Part : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter _gain = new(ones(3));
        private readonly Tensor _offset = zeros(3);
        private readonly Linear _inner = nn.Linear(3, 3);

        public Part()
            : base(nameof(Part)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _inner.call(input) * _gain + _offset;
    }

    private sealed class Whole : nn.Module<Tensor, Tensor>
    {
        private readonly Embedding _table = nn.Embedding(5, 3);
        private readonly ModuleList<Part> _parts = nn.ModuleList(new Part(), new Part());

        public Whole()
            : base(nameof(Whole)) => RegisterComponents();

        public ModuleList<Part> Parts => _parts;

        public override Tensor forward(Tensor input) => _parts.Aggregate(_table.call(input), (x, part) => part.call(x));
    }

    [Fact]
    public void ComponentsAreFoundUnderTheirNames()
    {
        using var model = new Whole();
        string[] part = ["_gain", "_inner.weight", "_inner.bias"];
        Assert.Equal(
            ["_table.weight", .. part.Select(name => "_parts.0." + name), .. part.Select(name => "_parts.1." + name)],
            model.named_parameters().Select(entry => entry.name));
        Assert.Equal(["_parts.0._offset", "_parts.1._offset"], model.named_buffers().Select(entry => entry.name));
        Assert.Equal(9, model.state_dict().Count);
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
    }

    [Fact]
    public void StateMovesBetweenModels()
    {
        manual_seed(1);
        using var first = new Whole();
        using var second = new Whole();
        var input = tensor([1L, 4]);
        Assert.NotEqual(first.call(input).data<float>().ToArray(), second.call(input).data<float>().ToArray());
        second.load_state_dict(first.state_dict());
        Assert.Equal(first.call(input).data<float>().ToArray(), second.call(input).data<float>().ToArray());

        var partial = first.state_dict();
        partial.Remove("_table.weight");
        partial.Add("other", zeros(1));
        Assert.Throws<InvalidOperationException>(() => second.load_state_dict(partial));
        var (missing, unexpected) = second.load_state_dict(partial, strict: false);
        Assert.Equal(["_table.weight"], missing);
        Assert.Equal(["other"], unexpected);
    }

    [Fact]
    public void AModelSurvivesTheScopeItWasMadeIn()
    {
        Whole model;
        using (NewDisposeScope())
            model = new Whole();
        Assert.All(model.state_dict().Values, tensor => Assert.False(tensor.IsInvalid));
        model.Dispose();
    }

    [Fact]
    public void TrainingModeReachesAllParts()
    {
        using var model = new Whole();
        Assert.True(model.Parts[1].training);
        model.eval();
        Assert.False(model.Parts[1].training);
        model.train();
        Assert.True(model.Parts[1].training);
    }

    [Fact]
    public void ZeroGradDropsGradients()
    {
        using var model = new Whole();
        model.call(tensor([1L])).sum().backward();
        Assert.All(model.parameters(), parameter => Assert.NotNull(parameter.grad));
        model.zero_grad();
        Assert.All(model.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void AParameterTakesOverItsData()
    {
        var data = ones(2);
        using var parameter = new Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.Equal(2, parameter.sum().item<float>());
    }

    [Fact]
    public void InitialisersFillInPlace()
    {
        using var layer = nn.Linear(50, 40);
        Assert.All(layer.weight.data<float>().ToArray(), value => Assert.InRange(Math.Abs(value), 0, 1 / Math.Sqrt(50)));
        nn.init.ones_(layer.weight);
        Assert.Equal(2000, layer.weight.sum().item<float>());
        nn.init.zeros_(layer.weight);
        Assert.Equal(0, layer.weight.norm().item<float>());
        nn.init.normal_(layer.weight, mean: 1, std: 0.02, generator: new Generator(1));
        Assert.Equal(1, layer.weight.mean().item<float>(), 0.01);
        nn.init.uniform_(layer.weight, 2, 3);
        Assert.All(layer.weight.data<float>().ToArray(), value => Assert.InRange(value, 2, 3));
    }
}
