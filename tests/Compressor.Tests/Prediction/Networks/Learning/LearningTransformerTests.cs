using Compressor.Kernels;
using Compressor.Prediction;
using Compressor.Prediction.Networks.Learning;

namespace Compressor.Tests.Prediction.Networks.Learning;

/// <summary>The gradients of a network that learns while it codes, and that they are the same bits however they are computed.</summary>
public sealed class LearningTransformerTests
{
    private const int Lanes = 3, Steps = 16, Rows = Lanes * Steps;
    private static readonly ModelConfig Config = RandomModel.Config(heads: 4, keyValueHeads: 2, window: 32, buckets: 64);

    /// <summary>What a step took off the weights is the gradient: it says how the loss changes along any direction, of each tensor.</summary>
    [Fact]
    public void GradientsAreThoseOfFiniteDifferences()
    {
        // The second step: it attends to what the first, which learns nothing, has left.
        const float Rate = 1;
        var random = new Random(3);
        var (stepped, before) = (SecondStep(Rate), SecondStep(0));
        stepped.Learn(Tokens(7));
        foreach (var (name, count, get, set) in Tensors())
        {
            var direction = new float[count];
            for (var i = 0; i < count; i++)
                direction[i] = random.Next(2) == 0 ? -1 : 1;
            double along = 0;
            for (var i = 0; i < count; i++)
                along += (double)(get(before, i) - get(stepped, i)) / Rate * direction[i];
            var distance = 0.002 / Math.Sqrt(Math.Max(1, count / 4096.0));
            var wanted = (LossMoved(distance) - LossMoved(-distance)) / (2 * distance);
            Assert.True(Math.Abs(along - wanted) <= (0.03 * Math.Abs(wanted)) + 0.003, $"{name}: {along} for {wanted}");

            double LossMoved(double by)
            {
                var moved = SecondStep(0, network =>
                {
                    for (var i = 0; i < count; i++)
                        set(network, i, (float)(get(network, i) + (by * direction[i])));
                });
                return Loss(moved, Tokens(7));
            }
        }
    }

    [Fact]
    public unsafe void NothingChangesTheBits()
    {
        var wanted = Weights(InstructionSet.Scalar, 1, Rows);
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
            Assert.Equal(wanted, Weights(set, 1, Lanes));
        foreach (var threads in (int[])[2, 4])
            Assert.Equal(wanted, Weights(InstructionSets.Current, threads, 4 * Lanes));

        // A few steps at a high rate; windows slide, and at last rows are left out.
        static int[] Weights(InstructionSet set, int threads, int rowsAtOnce)
        {
            var network = Open(0.5f, 2, threads, set);
            int rowLength = TokenDistribution.RowLength(Config.VocabularySize), segments = 6;
            var weights = new PinnedArray<int>(rowLength);
            var all = new List<int>();
            for (var segment = 0; segment < segments; segment++)
            {
                var tokens = Tokens(segment);
                for (var row = 0; row < Rows; row += rowsAtOnce)
                {
                    network.Run(tokens.AsSpan(row, rowsAtOnce));
                    for (var r = row; r < row + rowsAtOnce; r++)
                    {
                        network.VocabularyWeights(r, weights.Pointer);
                        all.AddRange(weights.Span);
                    }
                }

                network.Learn(Tokens(segment + 1));
            }

            network.Run(Tokens(9).AsSpan(0, Lanes - 1));
            network.VocabularyWeights(Lanes - 2, weights.Pointer);
            return [.. all, .. weights.Span];
        }
    }

    [Fact]
    public unsafe void LearnsWhatComesAgain()
    {
        var network = Open(1, 1, 1, InstructionSets.Current);
        var first = double.NaN;
        for (var i = 0; i < 20; i++)
        {
            network.Run(Tokens(1));
            var loss = Loss(network, Tokens(2));
            if (i == 0)
                first = loss;
            Weigh(network);
            network.Learn(Tokens(2));
            if (i == 19)
                Assert.True(loss < first / 2, $"from {first} to {loss}");
        }
    }

    [Fact]
    public void WeightsThatAreNoNumbersAreAnError()
    {
        var network = Open(float.MaxValue, float.MaxValue, 1, InstructionSets.Current);
        network.Embedding[Tokens(1)[0]].Fill(float.NaN);
        network.Run(Tokens(1));
        Weigh(network);
        Assert.Throws<InvalidDataException>(() => network.Learn(Tokens(2)));
    }

    private static LearningTransformer Open(float rate, float tableRate, int threads, InstructionSet set)
    {
        var network = new LearningTransformer(Config, Lanes, new LearningSettings(Steps, rate, tableRate), threads, set);
        InstalledWeights.Load(network, Config, RandomModel.Weights(Config, 1));
        return network;
    }

    /// <summary>After a step in which nothing was learned, a second one is run, with weights that may be changed before it.</summary>
    private static LearningTransformer SecondStep(float rate, Action<LearningTransformer>? change = null)
    {
        var network = Open(0, 0, 1, InstructionSets.Current);
        network.Run(Tokens(5));
        Weigh(network);
        network.Learn(Tokens(6));
        network.Settings = new LearningSettings(Steps, rate, rate);
        change?.Invoke(network);
        network.Run(Tokens(6));
        if (rate != 0)
            Weigh(network);
        return network;
    }

    private static unsafe void Weigh(LearningTransformer network)
    {
        var weights = new PinnedArray<int>(TokenDistribution.RowLength(Config.VocabularySize));
        for (var r = 0; r < Rows; r++)
            network.VocabularyWeights(r, weights.Pointer);
    }

    private static double Loss(LearningTransformer network, int[] targets)
    {
        double nats = 0;
        for (var r = 0; r < Rows; r++)
        {
            var logits = network.Logits(r);
            double sum = 0;
            foreach (var logit in logits)
                sum += Math.Exp(logit);
            nats += Math.Log(sum) - logits[targets[r]];
        }

        return nats / Rows;
    }

    private static int[] Tokens(int seed) => RandomModel.Tokens(Rows, seed);

    private static IEnumerable<(string Name, int Count, Func<LearningTransformer, int, float> Get, Action<LearningTransformer, int, float> Set)> Tensors()
    {
        yield return Table("embedding", n => n.Embedding, Config.VocabularySize);
        yield return Table("pairs", n => n.Ngrams[0], Config.NgramBuckets);
        yield return Table("triples", n => n.Ngrams[1], Config.NgramBuckets);
        yield return Matrix("head", n => n.Head, Config.VocabularySize);
        for (var i = 0; i < Config.Layers; i++)
        {
            var layer = i;
            yield return Matrix($"query {i}", n => n.Attention[layer].Query, Config.Heads * Config.HeadSize);
            yield return Matrix($"key {i}", n => n.Attention[layer].Key, Config.KeyValueHeads * Config.HeadSize);
            yield return Matrix($"value {i}", n => n.Attention[layer].Value, Config.KeyValueHeads * Config.HeadSize);
            yield return Matrix($"output {i}", n => n.Attention[layer].Output, Config.HiddenSize);
            yield return Matrix($"up {i}", n => n.FeedForward[layer].Up, Config.IntermediateSize);
            yield return Matrix($"down {i}", n => n.FeedForward[layer].Down, Config.HiddenSize);
        }

        static (string, int, Func<LearningTransformer, int, float>, Action<LearningTransformer, int, float>) Table(
            string name, Func<LearningTransformer, LearnedTable> table, int rows) =>
            (name, rows * Config.HiddenSize, (n, i) => table(n)[i / Config.HiddenSize][i % Config.HiddenSize],
                (n, i, value) => table(n)[i / Config.HiddenSize][i % Config.HiddenSize] = value);

        static (string, int, Func<LearningTransformer, int, float>, Action<LearningTransformer, int, float>) Matrix(
            string name, Func<LearningTransformer, LearnedMatrix> matrix, int outputs) =>
            (name, outputs * matrix(Open(0, 0, 1, InstructionSets.Current)).Inputs, (n, i) => matrix(n)[i % outputs, i / outputs],
                (n, i, value) => matrix(n)[i % outputs, i / outputs] = value);
    }
}
