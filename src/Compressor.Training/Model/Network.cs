using Compressor.Training.Compute;

namespace Compressor.Training.Model;

/// <summary>
/// The forward and backward pass. x += attention(norm(x)) and x += mlp(norm(x)) in every block, with mlp(h) = down(relu(up(h))²); the
/// norms have no gain, since it would only be folded into the next matrix. Products and attention are computed in one type, the
/// residual stream, the norms and the rotations in float32.
/// </summary>
/// <remarks>Weights are an argument: threads that each have their own share one network.</remarks>
internal sealed class Network : IDisposable
{
    private const double Epsilon = 1e-6;

    /// <summary>What a probability that rounds to nothing counts as: 87 nats.</summary>
    private const double MinProbability = 1e-38;

    /// <summary>Rows whose logits, [rows, V], exist at the same time.</summary>
    private const int LogitRows = 1024;

    private readonly ModelConfig _config;
    private readonly ScalarType _type;
    private readonly RotaryPositions _positions;
    private readonly CausalAttention _attention;

    /// <param name="config">Shape of the model.</param>
    /// <param name="length">Longest sequence.</param>
    /// <param name="type">The type of the products, as in <see cref="StepWeights"/>.</param>
    public Network(ModelConfig config, int length, ScalarType type)
    {
        _config = config;
        _type = type;
        _positions = new RotaryPositions(config, length);
        _attention = new CausalAttention(config, length, type);
    }

    /// <summary>The cost of the targets in nats, in all.</summary>
    public double Loss(StepWeights weights, BatchPart part)
    {
        using var noGradient = torch.no_grad();
        var hidden = Hidden(weights, part);
        double nats = 0;
        foreach (var (start, rows) in Slices(hidden))
        {
            using var scope = torch.NewDisposeScope();
            nats += CrossEntropy(hidden.narrow(0, start, rows), weights, part.Targets.narrow(0, start, rows)).ToDouble();
        }

        return nats;
    }

    /// <summary>The same, adding the gradient of <paramref name="scale"/> times it to those of the weights, which are leaves.</summary>
    public double Backward(StepWeights weights, BatchPart part, double scale)
    {
        using var gradient = torch.enable_grad();
        var hidden = Hidden(weights, part);
        // The logits of all rows would be the largest tensor by far: head and loss go forward and back slice by slice.
        var gradients = new List<Tensor>();
        double nats = 0;
        using (torch.no_grad())
        {
            foreach (var (start, rows) in Slices(hidden))
            {
                var (cost, slice) = HeadBackward(hidden.detach().narrow(0, start, rows), weights.Head, part.Targets.narrow(0, start, rows), scale);
                nats += cost;
                gradients.Add(slice);
            }
        }

        hidden.backward([torch.cat(gradients)]);
        return nats;
    }

    /// <summary>Logits, [n, V] float32, of the token after each of the n inputs.</summary>
    public Tensor Logits(StepWeights weights, BatchPart part)
    {
        using var noGradient = torch.no_grad();
        return nn.functional.linear(Hidden(weights, part), weights.Head).to_type(ScalarType.Float32);
    }

    public void Dispose()
    {
        _positions.Dispose();
        _attention.Dispose();
    }

    /// <summary>x / √(mean(x²) + ε) over the last dimension.</summary>
    private Tensor Norm(Tensor x) =>
        x.mul(torch.linalg.vector_norm(x, 2, [-1], keepdim: true).Squared().Times(1.0 / _config.HiddenSize).Plus(Epsilon).rsqrt()).to_type(_type);

    /// <summary>What the head is applied to, [n, d] in the type of the products.</summary>
    private Tensor Hidden(StepWeights weights, BatchPart part)
    {
        int queries = _config.Heads * _config.HeadSize, keys = _config.KeyValueHeads * _config.HeadSize;
        var x = weights.Tokens.index_select(0, part.Tokens);                                    // [n, d]
        for (var i = 0; i < part.Ngrams.Length; i++)
            x = x.Plus(weights.Ngrams[i].index_select(0, part.Ngrams[i]));
        foreach (var layer in weights.Layers)
        {
            var projected = nn.functional.linear(Norm(x), layer.Attention);                     // [n, (H + 2·G) · head]
            var turned = _positions.Turn(projected.narrow(1, 0, queries + keys), part.Length).to_type(_type);
            x = x.Plus(nn.functional.linear(_attention.Attend(turned, projected.narrow(1, queries + keys, keys)), layer.Output));
            x = x.Plus(nn.functional.linear(nn.functional.linear(Norm(x), layer.Up).relu().Squared(), layer.Down));
        }

        return Norm(x);
    }

    /// <summary>Σ −ln softmax(hidden · headᵀ)[target] over the rows that have a target; the softmax in float32.</summary>
    private static Tensor CrossEntropy(Tensor hidden, StepWeights weights, Tensor targets) => nn.functional.cross_entropy(
        nn.functional.linear(hidden, weights.Head).to_type(ScalarType.Float32), targets, reduction: nn.Reduction.Sum);

    /// <summary>
    /// The same with its gradients, which libtorch's own function would compute in float32 and four times the memory: the gradient of a
    /// logit is its probability, less one at the target.
    /// </summary>
    /// <returns>The cost in nats, and the gradient of <paramref name="scale"/> times it for <paramref name="hidden"/>; the head has its own.</returns>
    private (double Nats, Tensor Gradient) HeadBackward(Tensor hidden, Tensor head, Tensor targets, double scale)
    {
        using var scope = torch.NewDisposeScope();
        // A target that is ignored is negative: in its row another is taken, and what comes of it counts nothing.
        var index = targets.relu();
        var counts = targets.eq(index).to_type(ScalarType.Float32).view(-1, 1);
        index = index.view(-1, 1);
        var probabilities = hidden.mm(head.t()).softmax(-1);                                     // [rows, V]
        var nats = -(probabilities.gather(1, index).to_type(ScalarType.Float32).AtLeast(MinProbability).log() * counts).sum().ToDouble();
        probabilities.scatter_add_(1, index, ScalarOperations.Full(index.shape, -1).to_type(_type));
        var factors = counts.Times(scale).to_type(_type);
        var headGradient = probabilities.t().mm(hidden * factors);
        if (head.grad is { } sum)
            sum.Add(headGradient);
        else
            head.grad = headGradient;
        return (nats, (probabilities.mm(head) * factors).MoveToOuterDisposeScope());
    }

    private static IEnumerable<(long Start, long Rows)> Slices(Tensor hidden)
    {
        for (long start = 0; start < hidden.shape[0]; start += LogitRows)
            yield return (start, Math.Min(LogitRows, hidden.shape[0] - start));
    }
}
