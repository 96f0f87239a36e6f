using Compressor.Training.Compute;
using Compressor.Training.Data;
using Compressor.Training.Model;
using Compressor.Training.Optimisation;

namespace Compressor.Training;

/// <summary>Takes training steps and measures. One step is a function of the weights, the averages and the step's number.</summary>
internal sealed class Trainer : IDisposable
{
    /// <summary>1 / ln 2.</summary>
    public const double BitsPerNat = 1.4426950408889634;

    private readonly TrainableTransformer _model;
    private readonly TrainingRecipe _recipe;
    private readonly BatchSampler _sampler;
    private readonly ScalarType _type;
    private readonly Network _network;
    private readonly WorkerThreads _workers;

    /// <param name="model">What to train.</param>
    /// <param name="recipe">How.</param>
    /// <param name="sampler">On what.</param>
    /// <param name="threads">Threads to use, at least 1.</param>
    /// <param name="type">The type of the products; the processor's best if null.</param>
    public Trainer(TrainableTransformer model, TrainingRecipe recipe, BatchSampler sampler, int threads, ScalarType? type = null)
    {
        _model = model;
        _recipe = recipe;
        _sampler = sampler;
        var device = model.Tokens.weight!.device_type;
        _type = type ?? Processor.ProductType(device);
        _network = new Network(model.Config, recipe.SequenceLength, _type);
        var workers = device == DeviceType.CPU ? Math.Min(threads, recipe.Sequences) : 1;
        _workers = new WorkerThreads(workers, threads / workers);
        Optimizer = new ModelOptimizer(model, recipe, _type, workers);
    }

    /// <summary>The optimiser, with what it remembers.</summary>
    public ModelOptimizer Optimizer { get; }

    /// <summary>Takes step <paramref name="step"/> (from 0).</summary>
    /// <returns>The loss before the step, nats per token.</returns>
    /// <exception cref="ArithmeticException">The loss is not a number: training has diverged. The weights are unchanged.</exception>
    public double Step(long step, long? totalSteps)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var batch = _sampler.Sample(step);
        var lookups = Array.ConvertAll(NgramBuckets.Compute(batch, _model.Config.NgramBuckets), NgramBuckets.Distinct);
        var rows = Array.ConvertAll(lookups, lookup => torch.tensor(lookup.Rows));
        var weights = StepWeights.Of(_model, [.. rows.Select((r, i) => _model.Ngrams[i].weight!.index_select(0, r))], _type);
        var leaves = Enumerable.Range(0, _workers.Count).Select(_ => weights.AsLeaves()).ToArray();
        var loss = Backward(batch, Array.ConvertAll(lookups, lookup => lookup.Indices), leaves) / batch.TargetCount;
        if (!double.IsFinite(loss))
            throw new ArithmeticException($"the loss became {loss} at step {step}; a lower learning rate may help");
        var tables = GradientSum.Collect(_model, leaves, rows, _workers);
        Optimizer.Step(tables, _recipe.LearningRateAt(step, totalSteps), _workers);
        Array.ForEach(tables, table => table.Dispose());
        return loss;
    }

    /// <summary>The model's cost of a text, in bits per byte.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="exact">In float32 throughout, instead of as the steps compute.</param>
    public double Measure(TokenCorpus corpus, bool exact)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var type = exact ? ScalarType.Float32 : _type;
        using var network = new Network(_model.Config, _recipe.SequenceLength, type);
        var weights = StepWeights.Of(_model, [.. _model.Ngrams.Select(table => table.weight!)], type);
        Batch[] batches = [.. EvaluationSet.Batches(corpus, BatchPart.SizeOf(int.MaxValue, _recipe.SequenceLength, 1), _recipe.SequenceLength)];
        var nats = new double[batches.Length];
        _workers.ForEach(batches.Length, i =>
        {
            using var scope = torch.NewDisposeScope();
            nats[i] = network.Loss(weights, BatchPart.Of(batches[i], NgramBuckets.Compute(batches[i], _model.Config.NgramBuckets), 0, int.MaxValue));
        });
        return nats.Sum() * BitsPerNat / corpus.ByteCount;
    }

    public void Dispose()
    {
        _workers.Dispose();
        _network.Dispose();
        Optimizer.Dispose();
    }

    /// <summary>The batch's loss in nats; its mean's gradient goes to the leaves, those of each worker for the parts that it takes.</summary>
    private double Backward(Batch batch, long[][] ngrams, StepWeights[] leaves)
    {
        var size = BatchPart.SizeOf(batch.Sequences, batch.Length, _workers.Count);
        var nats = new double[(batch.Sequences + size - 1) / size];
        var scale = 1.0 / batch.TargetCount;
        _workers.Run(worker =>
        {
            for (var part = worker; part < nats.Length; part += _workers.Count)
            {
                using var scope = torch.NewDisposeScope();
                nats[part] = _network.Backward(leaves[worker], BatchPart.Of(batch, ngrams, part * size, size), scale);
            }
        });
        return nats.Sum();
    }
}
