using Compressor.Prediction;
using Compressor.Prediction.Networks;
using Compressor.Training.Compute;

namespace Compressor.Training.Inference;

/// <summary>Lanes that a <see cref="TorchPredictor"/> runs in lockstep, step by step as docs/exactness.md has it.</summary>
internal sealed class TorchLanes : INetworkState
{
    /// <summary>Added to a score that must not be seen; its exponential then rounds to no weight at all.</summary>
    private const float Unseen = -1e30f;

    private readonly TorchPredictor _network;
    private readonly ModelConfig _config;
    private readonly int _lanes, _maxRows, _capacity;
    private readonly TensorCache[] _caches;
    private readonly NgramHistory _history;
    private int _position;    // of the next row of every lane
    private Tensor? _last;    // [lanes · rows, d] the residual stream that the last run ended with

    public TorchLanes(TorchPredictor network, int lanes, int maxRows)
    {
        _network = network;
        _config = network.Config;
        _lanes = lanes;
        _maxRows = maxRows;
        _capacity = _config.Window + maxRows; // no row's window is overwritten by those that run with it
        _history = new NgramHistory(lanes);
        _caches = [.. network.Layers.Select(_ => new TensorCache(_config, lanes, _capacity))];
    }

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<int> tokens, int lanes)
    {
        var rows = tokens.Length / lanes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, _maxRows);
        // Lanes that have ended run along: no row depends on another.
        var all = new int[_lanes * rows];
        tokens.CopyTo(all);
        var inputs = new NgramInput[all.Length];
        _history.Append(all, _lanes, inputs);
        lock (_network.Gate)
        {
            using var scope = torch.NewDisposeScope();
            using var noGradient = torch.no_grad();
            var last = Run(inputs, _position, rows);
            _last?.Dispose();
            _last = last.DetachFromDisposeScope();
        }

        _position += rows;
    }

    /// <inheritdoc/>
    public void VocabularyWeights(int first, int count, Span<int> weights)
    {
        if (_last is null)
            throw new InvalidOperationException("Nothing has been run.");
        lock (_network.Gate)
        {
            using var scope = torch.NewDisposeScope();
            using var noGradient = torch.no_grad();
            Read(Softmax(_last.narrow(0, first, count)), weights);
        }
    }

    public void Dispose()
    {
        _last?.Dispose();
        _last = null;
        foreach (var cache in _caches)
            cache.Dispose();
    }

    /// <summary>The residual stream after the last layer, [lanes · rows, d].</summary>
    private Tensor Run(ReadOnlySpan<NgramInput> inputs, int position, int rows)
    {
        var x = _network.Inputs.Embed(inputs);                                           // [lanes · rows, d]
        var window = new Window(
            torch.tensor([.. Enumerable.Range(position, rows).Select(p => (long)p % _capacity)]), Mask(position, rows), Rotation(position, rows));
        for (var i = 0; i < _caches.Length; i++)
        {
            var layer = _network.Layers[i];
            var (q, scale) = ExactSteps.Normalize(x);
            var attended = Attend(_caches[i], window, Heads(layer.Query.Apply(q, scale), _config.Heads),
                Heads(layer.Key.Apply(q, scale), _config.KeyValueHeads), Heads(layer.Value.Apply(q, scale), _config.KeyValueHeads));
            (q, scale) = ExactSteps.Quantize(attended, 127);
            x = x.Plus(layer.Output.Apply(q, scale));
            (q, scale) = ExactSteps.Normalize(x);
            var hidden = layer.Up.Apply(q, scale).relu();
            (q, scale) = ExactSteps.Quantize(hidden * hidden, 255);
            x = x.Plus(layer.Down.Apply(q, scale));
        }

        return x;
    }

    /// <summary>What the positions of a batch share in every layer.</summary>
    /// <param name="Slots">Int64 [rows].</param>
    /// <param name="Mask">[heads of a group · rows, slots]: 0 where the row sees the slot.</param>
    /// <param name="Rotation">Cosines and sines, [rows, head / 2] each.</param>
    private readonly record struct Window(Tensor Slots, Tensor Mask, (Tensor Cosines, Tensor Sines) Rotation);

    /// <summary>Queries, keys and values [lanes, heads, rows, size] to the attended values [lanes · rows, heads · size].</summary>
    private Tensor Attend(TensorCache cache, Window window, Tensor queries, Tensor keys, Tensor values)
    {
        long rows = queries.shape[2], size = _config.HeadSize;
        cache.Store(window.Slots, Rotate(keys, window.Rotation), values);
        // The heads that share keys and values become rows of one product.
        var (query, scale) = ExactSteps.Quantize(
            Rotate(queries, window.Rotation).reshape(_lanes, _config.KeyValueHeads, window.Mask.shape[0], size), 63);
        var scores = ExactProduct.Multiply(query, cache.Keys, 63 * 127) * (scale.Times(1f / MathF.Sqrt(size)) * cache.KeyScales);
        scores = scores.Plus(window.Mask);
        var exponentials = ExactSteps.Exp(scores - scores.amax([-1], keepdim: true), _network.Powers);
        var weighted = exponentials * cache.ValueScales;
        var largest = weighted.amax([-1], keepdim: true);
        var seven = (weighted * ExactSteps.Reciprocal(127, largest)).round();
        var total = ExactSteps.Sum(exponentials.Times(65536f).round(), 65536).Times(1f / 65536);
        var factor = ExactSteps.OrZero(largest) / ExactSteps.Filled(largest, 127) / total;
        return (ExactProduct.Multiply(seven, cache.Values, 127 * 127) * factor)
            .reshape(_lanes, _config.Heads, rows, size).transpose(1, 2).reshape(_lanes * rows, _config.Heads * size);
    }

    /// <summary>round(2^bits · p / max p), [rows, V].</summary>
    private Tensor Softmax(Tensor x)
    {
        var (q, scale) = ExactSteps.Normalize(x);
        var logits = _network.Head.Apply(q, scale);
        var exponentials = ExactSteps.Exp(logits - logits.amax([-1], keepdim: true), _network.Powers);
        return exponentials.Times(1 << TokenDistribution.WeightBits).round();
    }

    /// <summary>Copies [rows, V] to rows padded with zeros.</summary>
    private void Read(Tensor softmax, Span<int> weights)
    {
        using var main = softmax.cpu();
        var values = main.data<float>().ToArray();
        int v = _config.VocabularySize, length = TokenDistribution.RowLength(v);
        for (var row = 0; row < values.Length / v; row++)
        {
            var target = weights.Slice(row * length, length);
            for (var i = 0; i < v; i++)
                target[i] = (int)values[row * v + i];
            target[v..].Clear();
        }
    }

    // [lanes · rows, heads · size] → [lanes, heads, rows, size]
    private Tensor Heads(Tensor x, int heads) => x.view(_lanes, x.shape[0] / _lanes, heads, _config.HeadSize).transpose(1, 2);

    private Tensor Rotate(Tensor x, (Tensor Cosines, Tensor Sines) rotation)
    {
        long half = _config.HeadSize / 2;
        var (first, second) = (x.narrow(-1, 0, half), x.narrow(-1, half, half));
        return torch.cat(
            [first * rotation.Cosines - second * rotation.Sines, (second * rotation.Cosines).Plus(first * rotation.Sines)], -1);
    }

    private (Tensor Cosines, Tensor Sines) Rotation(int position, int rows)
    {
        var pairs = _network.Rotary.Pairs;
        var (cosines, sines) = (new float[rows * pairs], new float[rows * pairs]);
        for (var r = 0; r < rows; r++)
            _network.Rotary.Fill(position + r, cosines.AsSpan(r * pairs, pairs), sines.AsSpan(r * pairs, pairs));
        return (torch.tensor(cosines).view(rows, pairs), torch.tensor(sines).view(rows, pairs));
    }

    /// <summary>0 for the slots that hold one of the last positions of a row's window, itself included; else <see cref="Unseen"/>.</summary>
    private Tensor Mask(int position, int rows)
    {
        int group = _config.Heads / _config.KeyValueHeads, last = position + rows - 1;
        var mask = new float[group * rows * _capacity];
        Array.Fill(mask, Unseen);
        for (var slot = 0; slot < _capacity; slot++)
        {
            var held = last - (last - slot + _capacity) % _capacity; // the newest position in the slot; below 0, none
            for (var row = 0; held >= 0 && row < group * rows; row++)
            {
                var behind = position + row % rows - held;
                if (behind >= 0 && behind < _config.Window)
                    mask[row * _capacity + slot] = 0;
            }
        }

        return torch.tensor(mask).view(group * rows, _capacity);
    }
}
