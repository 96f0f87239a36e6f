using Compressor.Tensors.Modules;
using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Tests;

public sealed class OptimizerTests
{
    [Fact]
    public void AdamWFollowsItsFormula()
    {
        const double Lr = 0.1, Beta1 = 0.9, Beta2 = 0.97, Eps = 1e-3, Decay = 0.2;
        double[] gradients = [0.5, -2, 0.25];
        using var parameter = new Parameter(tensor([1.5f]));
        using var optimizer = optim.AdamW([parameter], Lr, Beta1, Beta2, Eps, Decay);
        double p = 1.5, m = 0, v = 0;
        for (var t = 1; t <= gradients.Length; t++)
        {
            var g = gradients[t - 1];
            optimizer.zero_grad();
            (parameter * g).sum().backward();
            optimizer.step();
            m = Beta1 * m + (1 - Beta1) * g;
            v = Beta2 * v + (1 - Beta2) * g * g;
            p *= 1 - Lr * Decay;
            p -= Lr * (m / (1 - Math.Pow(Beta1, t))) / (Math.Sqrt(v / (1 - Math.Pow(Beta2, t))) + Eps);
            Assert.Equal(p, parameter.item<float>(), 1e-5);
        }
    }

    [Fact]
    public void RowStepsMoveOnlyRowsThatWereLookedUp()
    {
        const int D = 21;
        const double Rate = 0.1, Beta = 0.75, Eps = 1e-3;
        using var table = new Parameter(ones(4, D));
        using var squares = zeros(4, D);
        double p = 1, v = 0;
        foreach (var g in (double[])[0.5, -2, 0.25])
        {
            (nn.functional.embedding(tensor(new long[] { 2, 0 }), table) * tensor([(float)g, 0f]).view(2, 1)).sum().backward();
            Fused.step_rows_(table, squares, Rate, Beta, Eps);
            table.ZeroGradient();
            v = Beta * v + (1 - Beta) * g * g;
            p -= Rate * g / (Math.Sqrt(v) + Eps);
        }

        for (var i = 0; i < D; i++)
        {
            Assert.Equal(p, table.data<float>()[2 * D + i], 1e-5);
            Assert.Equal(v, squares.data<float>()[2 * D + i], 1e-5);
        }

        foreach (var row in (int[])[0, 1, 3])
            Assert.All(Enumerable.Range(row * D, D), i => Assert.Equal(1, table.data<float>()[i]));
    }

    [Fact]
    public void AGradientIsCompleteAfterARowStepUsedUpTheOneBefore()
    {
        using var table = new Parameter(zeros(3, 2));
        using var squares = zeros(3, 2);
        LookUp(0);
        Fused.step_rows_(table, squares, 0.1, 0.9);
        Assert.All(table.grad!.data<float>().ToArray(), g => Assert.Equal(0, g));

        table.ZeroGradient();
        LookUp(1);
        Assert.Equal([0f, 0, 1, 1, 0, 0], table.grad!.data<float>().ToArray());

        // Whoever writes to the gradient after the step has not left zeros.
        Fused.step_rows_(table, squares, 0.1, 0.9);
        table.grad!.fill_(5);
        table.ZeroGradient();
        LookUp(2);
        Assert.Equal([0f, 0, 0, 0, 1, 1], table.grad!.data<float>().ToArray());

        void LookUp(long row) => nn.functional.embedding(tensor(new[] { row }), table).sum().backward();
    }

    [Fact]
    public void GroupsHaveTheirOwnOptions()
    {
        using var fast = new Parameter(ones(1));
        using var slow = new Parameter(ones(1));
        using var still = new Parameter(ones(1));
        using var optimizer = optim.AdamW(
            [new AdamW.ParamGroup([fast, still], new AdamW.Options { LearningRate = 0.5 }), new AdamW.ParamGroup([slow], new AdamW.Options())],
            lr: 0.25);
        (fast + slow).sum().backward();
        foreach (var group in optimizer.ParamGroups)
        {
            Assert.Equal(group.InitialLearningRate, group.LearningRate);
            group.LearningRate /= 2;
        }
        optimizer.step();
        Assert.Equal(0.75, fast.item<float>(), 1e-5);
        Assert.Equal(0.875, slow.item<float>(), 1e-5);
        Assert.Equal(1, still.item<float>());
        Assert.Equal(3, optimizer.parameters().Count());
    }

    [Fact]
    public void SavedStateGoesOnAsIfNeverStopped()
    {
        var sizes = Probe.TinySizes.Smallest;
        var straight = Run(sizes, interrupted: false);
        Assert.Equal(straight, Run(sizes, interrupted: true));
    }

    private static float[] Run(Probe.TinySizes sizes, bool interrupted)
    {
        using var everything = NewDisposeScope();
        var data = new Generator(5);
        manual_seed(8);
        var model = new Probe.TinyTransformer(sizes);
        var optimizer = optim.AdamW(model.parameters());
        for (var step = 0; step < 4; step++)
        {
            if (interrupted && step == 2)
            {
                using var file = new MemoryStream();
                using var writer = new BinaryWriter(file);
                optimizer.save_state_dict(writer);
                var restored = new Probe.TinyTransformer(sizes);
                restored.load_state_dict(model.state_dict());
                model = restored;
                optimizer = optim.AdamW(model.parameters(), lr: 0.5);
                file.Position = 0;
                using var reader = new BinaryReader(file);
                optimizer.load_state_dict(reader);
            }
            optimizer.zero_grad();
            var tokens = randint(0, sizes.Vocabulary, [sizes.Batch, sizes.Length], data);
            var targets = randint(0, sizes.Vocabulary, [sizes.Batch * sizes.Length], data);
            nn.functional.cross_entropy(model.call(tokens), targets).backward();
            optimizer.step();
        }
        return [.. model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
    }

    [Fact]
    public void StateOfOtherParametersIsRefused()
    {
        using var one = new Parameter(ones(2));
        using var two = new Parameter(ones(2));
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        optim.AdamW([one]).save_state_dict(writer);
        file.Position = 0;
        using var reader = new BinaryReader(file);
        Assert.Throws<InvalidDataException>(() => optim.AdamW([one, two]).load_state_dict(reader));
    }

    [Fact]
    public void ZeroGradMakesGradientsZeroAndTheNextBackwardStartsAnew()
    {
        using var parameter = new Parameter(ones(2));
        using var optimizer = optim.AdamW([parameter]);
        (parameter * 3).sum().backward();
        optimizer.zero_grad();
        Assert.Equal([0f, 0], parameter.grad!.data<float>().ToArray());
        (parameter * 3).sum().backward();
        optimizer.zero_grad();
        (parameter * 5).sum().backward();
        Assert.Equal([5f, 5], parameter.grad!.data<float>().ToArray());
    }

    [Fact]
    public void ClippingScalesAllGradientsByOneFactor()
    {
        using var a = new Parameter(ones(1));
        using var b = new Parameter(ones(1));
        using var idle = new Parameter(ones(1));
        (a * 3 + b * 4).sum().backward();
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, idle], 10), 1e-6);
        Assert.Equal(3, a.grad!.item<float>());
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b, idle], 1), 1e-6);
        Assert.Equal(0.6, a.grad!.item<float>(), 1e-6);
        Assert.Equal(0.8, b.grad!.item<float>(), 1e-6);
    }

    [Fact]
    public void OtherOptimisersCanBeDerived()
    {
        using var parameter = new Parameter(ones(2));
        using var optimizer = new PlainDescent([parameter], 0.5);
        var loss = optimizer.step(() =>
        {
            var value = parameter.square().sum();
            value.backward();
            return value;
        });
        Assert.Equal(2, loss!.item<float>());
        Assert.Equal([0f, 0], parameter.data<float>().ToArray());
    }

    private sealed class PlainDescent : OptimizerHelper
    {
        public PlainDescent(IEnumerable<Parameter> parameters, double lr) =>
            add_param_group(new ParamGroup<OptimizerOptions>(parameters, new OptimizerOptions { LearningRate = lr }));

        public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(
            group =>
            {
                foreach (var parameter in group.Parameters)
                    parameter.add_(parameter.grad!, -group.LearningRate);
            },
            closure);
    }
}
