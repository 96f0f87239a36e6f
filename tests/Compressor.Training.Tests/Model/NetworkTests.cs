using Compressor.Training.Compute;
using Compressor.Training.Data;
using Compressor.Training.Model;

namespace Compressor.Training.Tests.Model;

/// <summary>The fast way to the loss and its gradients against the plain one.</summary>
public class NetworkTests
{
    [Theory]
    [InlineData(2, 1, 48, 64, 5, 1)]
    [InlineData(4, 2, 70, 32, 3, 2)]    // more than one block of queries, and groups of heads
    [InlineData(2, 2, 130, 0, 4, 3)]    // no tables; a worker with one part more
    public void GradientsAreThoseOfThePlainModel(int heads, int keyValueHeads, int length, int buckets, int sequences, int workers)
    {
        using var scope = torch.NewDisposeScope();
        using var model = Model(heads, keyValueHeads, buckets);
        var batch = RandomBatch(model.Config, sequences, length);
        var reference = ReferenceModel.Loss(model, batch);
        reference.backward();
        var wanted = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());

        var (loss, tables) = Run(model, batch, ScalarType.Float32, workers);

        Assert.Equal(reference.ToDouble(), loss, 1e-5);
        foreach (var (name, parameter) in model.named_parameters())
        {
            var gradient = parameter.grad!;
            if (name.Contains("ngram", StringComparison.Ordinal))
            {
                var table = tables[int.Parse(name.Split('.')[2], System.Globalization.CultureInfo.InvariantCulture)];
                gradient = torch.zeros_like(parameter).index_add_(0, table.Rows, table.Values, 1);
            }

            var length2 = wanted[name].norm().ToDouble();
            Assert.True(length2 > 0, name);
            Assert.InRange((gradient - wanted[name]).norm().ToDouble() / length2, 0, 1e-4);
        }
    }

    [Fact]
    public void BFloat16IsNearFloat32()
    {
        using var scope = torch.NewDisposeScope();
        using var model = Model(heads: 4, keyValueHeads: 1, buckets: 64);
        var batch = RandomBatch(model.Config, 4, 96);
        var (exact, _) = Run(model, batch, ScalarType.Float32, 1);
        var wanted = Flat(model);
        var (loss, _) = Run(model, batch, ScalarType.BFloat16, 2);
        Assert.InRange(loss / exact, 0.99, 1.01);
        var gradient = Flat(model);
        var cosine = (gradient * wanted).sum().ToDouble() / (gradient.norm().ToDouble() * wanted.norm().ToDouble());
        Assert.InRange(cosine, 0.98, 1);

        static Tensor Flat(TrainableTransformer model) =>
            torch.cat([.. model.named_parameters().Where(p => !p.name.Contains("ngram", StringComparison.Ordinal)).Select(p => p.parameter.grad!.view(-1))]);
    }

    [Fact]
    public void LossAndLogitsAgree()
    {
        using var scope = torch.NewDisposeScope();
        using var model = Model(heads: 2, keyValueHeads: 1, buckets: 32);
        using var network = new Network(model.Config, 40, ScalarType.Float32);
        var batch = RandomBatch(model.Config, 3, 40);
        using var noGradient = torch.no_grad();
        var weights = StepWeights.Of(model, [.. model.Ngrams.Select(table => table.weight!)], ScalarType.Float32);
        var part = BatchPart.Of(batch, NgramBuckets.Compute(batch, 32), 0, int.MaxValue);
        var nats = network.Loss(weights, part);
        Assert.Equal(ReferenceModel.Loss(model, batch).ToDouble(), nats / batch.TargetCount, 1e-5);
        var logits = network.Logits(weights, part);
        Assert.Equal(nats, nn.functional.cross_entropy(logits, part.Targets, reduction: nn.Reduction.Sum).ToDouble(), 1e-2);
    }

    [Fact]
    public void ALookUpNamesEachRowOnce()
    {
        var (rows, indices) = NgramBuckets.Distinct([7, 3, 7, 7, 9, 3]);
        Assert.Equal([7L, 3, 9], rows);
        Assert.Equal([0L, 1, 0, 0, 2, 1], indices);
    }

    private static (double Loss, Training.Optimisation.RowGradient[] Tables) Run(TrainableTransformer model, Batch batch, ScalarType type, int workers)
    {
        using var noGradient = torch.no_grad();
        using var threads = new WorkerThreads(workers, 1);
        using var network = new Network(model.Config, batch.Length, type);
        var lookups = Array.ConvertAll(NgramBuckets.Compute(batch, model.Config.NgramBuckets), NgramBuckets.Distinct);
        var rows = Array.ConvertAll(lookups, lookup => torch.tensor(lookup.Rows));
        var weights = StepWeights.Of(model, [.. rows.Select((r, i) => model.Ngrams[i].weight!.index_select(0, r))], type);
        var leaves = Enumerable.Range(0, workers).Select(_ => weights.AsLeaves()).ToArray();
        var nats = new double[batch.Sequences];
        threads.ForEach(batch.Sequences, i =>
            nats[i] = network.Backward(leaves[i % workers], BatchPart.Of(batch, Array.ConvertAll(lookups, lookup => lookup.Indices), i, 1), 1.0 / batch.TargetCount));
        return (nats.Sum() / batch.TargetCount, GradientSum.Collect(model, leaves, rows, threads));
    }

    /// <summary>A model without a matrix of zeros, through which no gradient would come.</summary>
    private static TrainableTransformer Model(int heads, int keyValueHeads, int buckets)
    {
        torch.manual_seed(3);
        var model = new TrainableTransformer(TinyModel.Recipe.Config with { Heads = heads, KeyValueHeads = keyValueHeads, NgramBuckets = buckets });
        using var noGradient = torch.no_grad();
        foreach (var (_, parameter) in model.named_parameters())
            nn.init.normal_(parameter, 0, 0.1);
        return model;
    }

    private static Batch RandomBatch(ModelConfig config, int sequences, int length)
    {
        var random = new Random(5);
        var batch = new Batch(sequences, length);
        for (var i = 0; i < batch.Inputs.Length; i++)
        {
            batch.Inputs[i] = i % length == 0 || random.Next(30) == 0 ? ModelConfig.BosToken : random.Next(40);
            batch.Targets[i] = random.Next(8) == 0 ? Batch.Ignored : random.Next(config.VocabularySize);
        }

        return batch;
    }
}
