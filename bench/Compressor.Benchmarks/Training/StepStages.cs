using System.Globalization;
using Compressor.Benchmarks.Pages;
using Compressor.Training;
using Compressor.Training.Compute;
using Compressor.Training.Data;
using Compressor.Training.Model;
using Compressor.Training.Native;
using Compressor.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace Compressor.Benchmarks.Training;

/// <summary>
/// Where the time of a training step goes, on one worker: processor time of each stage, beside that of the matrix products alone, which
/// no step can do without.
/// </summary>
internal sealed class StepStages : IDisposable
{
    public const string Name = "training-step";

    public const string Usage = $"usage: {Name} [PRESET]";

    private const int Rounds = 5;

    private readonly TrainingRecipe _recipe;
    private readonly ScalarType _type = Processor.ProductType(DeviceType.CPU);
    private readonly TrainableTransformer _model;
    private readonly WorkerThreads _worker = new(1, 1);
    private readonly Batch _batch;
    private readonly (long[] Rows, long[] Indices)[] _lookups;

    private StepStages(TrainingRecipe recipe)
    {
        _recipe = recipe;
        _model = new TrainableTransformer(recipe.Config);
        _batch = new Batch(recipe.Sequences, recipe.SequenceLength);
        var random = new Random(1);
        for (var i = 0; i < _batch.Inputs.Length; i++)
            (_batch.Inputs[i], _batch.Targets[i]) = (Zipf(), Zipf());
        _lookups = Array.ConvertAll(NgramBuckets.Compute(_batch, recipe.Config.NgramBuckets), NgramBuckets.Distinct);

        // Frequent tokens are frequent in text: about as many n-grams are met twice.
        int Zipf() => (int)Math.Pow(recipe.Config.VocabularySize, random.NextDouble());
    }

    public static int Run(string[] arguments)
    {
        var preset = arguments is [var name] ? name : "en-base";
        if (!TrainingRecipe.Presets.TryGetValue(preset, out var recipe))
            throw new ArgumentException($"there is no preset '{preset}'\n{Usage}");
        LibTorch.Load();
        torch.set_num_threads(1);
        using var stages = new StepStages(recipe);
        stages.Print();
        return 0;
    }

    public void Dispose()
    {
        _worker.Dispose();
        _model.Dispose();
    }

    private void Print()
    {
        var config = _recipe.Config;
        double products = Products(), layers = Passes(_model), optimiser = 0, collect = 0;
        using var headAlone = new TrainableTransformer(config with { Layers = 0 });
        var head = Passes(headAlone);
        var attention = config.Layers * Attention();
        var prepare = Time(() => Leaves(_model));
        using (var optimizer = new ModelOptimizer(_model, _recipe, _type, 1))
        {
            using var noGradient = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            var (leaves, rows) = Leaves(_model);
            Pass(_model, leaves);
            RowGradient[] tables = [];
            collect = Time(() => tables = GradientSum.Collect(_model, [leaves], rows, _worker));
            optimiser = Time(() => optimizer.Step(tables, 0, _worker));
        }

        var step = prepare + layers + collect + optimiser;
        var table = new MarkdownTable($"stage of a step of `{_recipe.Name}`, {_recipe.TokensPerStep} tokens, {_type}", "ms", "share");
        Add("all, one core", step);
        Add("embeddings, head and loss, with their gradients", head);
        Add("layers, with their gradients", layers - head);
        Add("of that attention", attention);
        Add("weights made ready, gradients added up", prepare + collect);
        Add("optimisers", optimiser);
        Add("products of layers and head alone: the floor of all but optimisers and attention", products);
        Console.WriteLine(table);

        void Add(string stage, double seconds) => table.Add(stage,
            (1000 * seconds).ToString("F0", CultureInfo.InvariantCulture), (100 * seconds / step).ToString("F0", CultureInfo.InvariantCulture) + " %");
    }

    /// <summary>The leaves of one worker, and the rows of the tables that they hold.</summary>
    private (StepWeights Leaves, Tensor[] Rows) Leaves(TrainableTransformer model)
    {
        using var noGradient = torch.no_grad();
        var rows = Array.ConvertAll(_lookups, lookup => torch.tensor(lookup.Rows));
        return (StepWeights.Of(model, [.. rows.Select((r, i) => model.Ngrams[i].weight!.index_select(0, r))], _type).AsLeaves(), rows);
    }

    private void Pass(TrainableTransformer model, StepWeights leaves)
    {
        using var network = new Network(model.Config, _batch.Length, _type);
        var size = BatchPart.SizeOf(_batch.Sequences, _batch.Length, 2);
        for (var first = 0; first < _batch.Sequences; first += size)
        {
            using var scope = torch.NewDisposeScope();
            network.Backward(leaves, BatchPart.Of(_batch, Array.ConvertAll(_lookups, l => l.Indices), first, size), 1e-4);
        }
    }

    private double Passes(TrainableTransformer model)
    {
        using var scope = torch.NewDisposeScope();
        var (leaves, _) = Leaves(model);
        return Time(() => Pass(model, leaves));
    }

    private double Attention()
    {
        var config = _recipe.Config;
        int size = BatchPart.SizeOf(_batch.Sequences, _batch.Length, 2), tokens = size * _batch.Length;
        using var attention = new CausalAttention(config, _batch.Length, _type);
        using var scope = torch.NewDisposeScope();
        var turned = torch.randn([size, _batch.Length, config.Heads + config.KeyValueHeads, config.HeadSize]).to_type(_type).requires_grad_();
        var values = torch.randn([tokens, config.KeyValueHeads * config.HeadSize]).to_type(_type).requires_grad_();
        var gradient = torch.randn([tokens, config.Heads * config.HeadSize]).to_type(_type);
        return Time(() => attention.Attend(turned, values).backward([gradient])) * _batch.Sequences / size;
    }

    /// <summary>Every product of layers and head: forward, and the two of its gradients.</summary>
    private double Products()
    {
        var c = _recipe.Config;
        int d = c.HiddenSize, queries = c.Heads * c.HeadSize, keys = c.KeyValueHeads * c.HeadSize;
        var tokens = BatchPart.SizeOf(_batch.Sequences, _batch.Length, 2) * _batch.Length;
        var layer = new[] { (queries + 2 * keys, d), (d, queries), (c.IntermediateSize, d), (d, c.IntermediateSize) }.Sum(m => Product(m.Item1, m.Item2));
        return (c.Layers * layer + Product(c.VocabularySize, d)) * _recipe.TokensPerStep / tokens;

        double Product(int outputs, int inputs)
        {
            using var scope = torch.NewDisposeScope();
            Tensor x = torch.randn([tokens, inputs]).to_type(_type), w = torch.randn([outputs, inputs]).to_type(_type), g = torch.randn([tokens, outputs]).to_type(_type);
            return Time(() => (x.mm(w.t()), g.mm(w), g.t().mm(x)));
        }
    }

    /// <summary>Processor seconds, the least of some rounds after a first.</summary>
    private static double Time(Action action) => Time(() => { action(); return 0; });

    private static double Time<T>(Func<T> action)
    {
        var least = double.MaxValue;
        for (var round = 0; round <= Rounds; round++)
        {
            using var scope = torch.NewDisposeScope();
            var before = Environment.CpuUsage.TotalTime;
            action();
            var seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
            if (round > 0) least = Math.Min(least, seconds);
        }

        return least;
    }
}
