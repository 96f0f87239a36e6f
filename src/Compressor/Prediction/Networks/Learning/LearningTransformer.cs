using Compressor.Kernels;
using Compressor.Prediction.Networks.Ngram;

namespace Compressor.Prediction.Networks.Learning;

/// <summary>
/// The network of <see cref="NgramTransformer"/> in floats, with lanes in lockstep, that takes a step of gradient descent on what it has predicted. All
/// arithmetic has one result on every machine (docs/exactness.md).
/// </summary>
/// <remarks>
/// Use: <see cref="Run"/> and <see cref="VocabularyWeights"/> for the positions of a step, one after the other or several at once, which makes no
/// difference; then <see cref="Learn"/> with the tokens that came.
/// </remarks>
internal sealed unsafe class LearningTransformer
{
    private readonly ModelConfig _config;
    private readonly int _lanes, _rows;
    private readonly LearningWork _work;
    private readonly RotaryRotations _rotations;
    private readonly (int Previous, int BeforePrevious)[] _last;   // [lanes]
    private readonly NgramInput[] _inputs;           // [rows]
    private readonly PinnedArray<float> _x;          // [rows, d] residual stream
    private readonly PinnedArray<float> _dx;         // [rows, d] its gradient
    private readonly PinnedArray<float> _narrow;     // [rows, d] scratch
    private readonly PinnedArray<float> _wide;       // [rows, m] scratch
    private readonly PinnedArray<float> _norm;       // [rows, d] input of the head
    private readonly PinnedArray<float> _factors;    // [rows] of its norm
    private readonly PinnedArray<float> _logits;     // [rows, padded V]: logits, then exponentials, then their gradient
    private int _filled, _position;

    /// <param name="config">The shape.</param>
    /// <param name="lanes">Lanes.</param>
    /// <param name="settings">How it learns.</param>
    /// <param name="threads">How many threads may work; no result depends on it.</param>
    /// <param name="set">The instruction set; no result depends on it.</param>
    public LearningTransformer(ModelConfig config, int lanes, LearningSettings settings, int threads, InstructionSet set)
    {
        (_config, Settings, _lanes, _rows) = (config, settings, lanes, lanes * settings.Steps);
        ArgumentOutOfRangeException.ThrowIfNotEqual(_rows % FloatKernels.PartialSums, 0, nameof(settings));
        var (d, m) = (config.HiddenSize, config.IntermediateSize);
        Embedding = new LearnedTable(config.VocabularySize, d);
        Ngrams = [.. Enumerable.Range(0, config.NgramBuckets > 0 ? ModelConfig.NgramOrders.Length : 0).Select(_ => new LearnedTable(config.NgramBuckets, d))];
        Attention = [.. Enumerable.Range(0, config.Layers).Select(_ => new LearnedAttention(d, config.Attention, lanes, settings.Steps))];
        FeedForward = [.. Enumerable.Range(0, config.Layers).Select(_ => new LearnedFeedForward(d, m, _rows))];
        Head = new LearnedMatrix(config.VocabularySize, d);
        var widest = Math.Max(Math.Max(d, m), config.Heads * config.HeadSize);
        _work = new LearningWork(FloatKernels.For(set), _rows, widest, Math.Max(widest, Head.PaddedOutputs), threads);
        _rotations = new RotaryRotations(new RotaryTable(config.HeadSize, config.RotaryBase), settings.Steps, RowKernels.For(set));
        _last = new (int, int)[lanes];
        _last.AsSpan().Fill((ModelConfig.BosToken, ModelConfig.BosToken));
        _inputs = new NgramInput[_rows];
        _x = new PinnedArray<float>((long)_rows * d);
        _dx = new PinnedArray<float>((long)_rows * d);
        _narrow = new PinnedArray<float>((long)_rows * d);
        _wide = new PinnedArray<float>((long)_rows * widest);
        _norm = new PinnedArray<float>((long)_rows * d);
        _factors = new PinnedArray<float>(_rows);
        _logits = new PinnedArray<float>((long)_rows * Head.PaddedOutputs);
    }

    /// <summary>How it learns; rates may change between steps.</summary>
    public LearningSettings Settings { get; set; }

    /// <summary>[V, d].</summary>
    public LearnedTable Embedding { get; }

    /// <summary>[buckets, d] for each order, or none.</summary>
    public LearnedTable[] Ngrams { get; }

    /// <summary>Of each layer.</summary>
    public LearnedAttention[] Attention { get; }

    /// <summary>Of each layer.</summary>
    public LearnedFeedForward[] FeedForward { get; }

    /// <summary>[d, V].</summary>
    public LearnedMatrix Head { get; }

    /// <summary>The rows of a step: its positions of all lanes.</summary>
    public int Rows => _rows;

    /// <summary>Appends positions; the step has room for them.</summary>
    /// <param name="tokens">
    /// [positions, lanes] the token that each lane has newest, position by position; of the last position the lanes from some on may be left out, and then
    /// the step is the last.
    /// </param>
    public void Run(ReadOnlySpan<int> tokens)
    {
        int first = _filled, count = tokens.Length, d = _config.HiddenSize;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, _rows, nameof(tokens));
        if (first == 0)
            Begin();
        for (var r = 0; r < count; r++)
            Embed(tokens[r], first + r);
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            Attention[layer].Forward(_x.Pointer, _narrow.Pointer, first, count, _rotations, _work);
            FeedForward[layer].Forward(_x.Pointer, _narrow.Pointer, first, count, _work);
        }

        for (var r = first; r < first + count; r++)
            _factors.Pointer[r] = _work.Kernels.Normalize(_x.Pointer + ((long)r * d), _norm.Pointer + ((long)r * d), d);
        Head.Forward(_norm.Pointer + ((long)first * d), _logits.Pointer + ((long)first * Head.PaddedOutputs), count, _work);
        _filled += count;
        GC.KeepAlive(this);
    }

    /// <summary>The logits of a row that was run and whose weights were not asked for.</summary>
    public ReadOnlySpan<float> Logits(int row) => new(_logits.Pointer + ((long)row * Head.PaddedOutputs), _config.VocabularySize);

    /// <summary>Softmax weights of the token that follows a row that was run; to be called once for each.</summary>
    /// <param name="row">The row in the step.</param>
    /// <param name="weights">[<see cref="TokenDistribution.RowLength"/>] result, as <see cref="INetworkState.VocabularyWeights"/> has it.</param>
    public void VocabularyWeights(int row, int* weights)
    {
        var v = _config.VocabularySize;
        _work.Kernels.VocabularyWeights(
            _logits.Pointer + ((long)row * Head.PaddedOutputs), v, Head.PaddedOutputs, TokenDistribution.WeightBits(v), weights);
        GC.KeepAlive(this);
    }

    /// <summary>Ends a step that is full: all weights go down the gradient of the mean of −ln p of what came.</summary>
    /// <param name="targets">[steps, lanes] places in the vocabulary, in the order of the head.</param>
    /// <exception cref="InvalidDataException">A weight is no number any more.</exception>
    public void Learn(ReadOnlySpan<int> targets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(_filled, _rows, nameof(targets));
        var d = _config.HiddenSize;
        var kernels = _work.Kernels;
        float* dx = _dx.Pointer, narrow = _narrow.Pointer;
        LossBackward(targets);
        Head.Backward(_norm.Pointer, _logits.Pointer, narrow, add: false, _rows, Settings.Rate, _work);
        _dx.Span.Clear();
        for (var r = 0; r < _rows; r++)
            kernels.NormalizeBackward(narrow + ((long)r * d), _norm.Pointer + ((long)r * d), _factors.Pointer[r], dx + ((long)r * d), d);
        for (var layer = _config.Layers - 1; layer >= 0; layer--)
        {
            FeedForward[layer].Backward(dx, _wide.Pointer, narrow, _rows, Settings.Rate, _work);
            Attention[layer].Backward(dx, narrow, _rows, _rotations, Settings.Rate, _work);
        }

        EmbedBackward();
        _position += Settings.Steps;
        _filled = 0;
        GC.KeepAlive(this);
    }

    /// <summary>The error of weights that have left the numbers: rates that do not suit the model, or a model that is no model.</summary>
    public static InvalidDataException NoNumber() => new("the weights that the block learns are no numbers any more");

    private void Begin()
    {
        _rotations.Set(_position, Settings.Steps);
        foreach (var attention in Attention)
            attention.Begin();
    }

    /// <summary>x = the sum of the embeddings of the token and of the n-grams that it ends.</summary>
    private void Embed(int token, int row)
    {
        var lane = row % _lanes;
        var input = new NgramInput(token, _last[lane].Previous, _last[lane].BeforePrevious);
        _last[lane] = (token, input.Previous);
        _inputs[row] = input;
        var d = _config.HiddenSize;
        var x = _x.Pointer + ((long)row * d);
        new Span<float>(x, d).Clear();
        Embedding.Forward(token, x, _work.Kernels);
        for (var i = 0; i < Ngrams.Length; i++)
            Ngrams[i].Forward(Bucket(i, input), x, _work.Kernels);
    }

    /// <summary>Every row of a table goes down the gradient, as often as it was looked up, in the order of rows.</summary>
    private void EmbedBackward()
    {
        for (var r = 0; r < _rows; r++)
        {
            var dx = _dx.Pointer + ((long)r * _config.HiddenSize);
            Embedding.Backward(_inputs[r].Token, dx, Settings.TableRate, _work.Kernels);
            for (var i = 0; i < Ngrams.Length; i++)
                Ngrams[i].Backward(Bucket(i, _inputs[r]), dx, Settings.TableRate, _work.Kernels);
        }
    }

    private int Bucket(int table, NgramInput input) =>
        NgramHash.Bucket(ModelConfig.NgramOrders[table], input.Token, input.Previous, input.BeforePrevious, _config.NgramBuckets);

    /// <summary>Exponentials become (p − [target]) / rows, the gradient of the mean loss by the logits.</summary>
    private void LossBackward(ReadOnlySpan<int> targets)
    {
        var share = 1f / _rows;
        for (var r = 0; r < _rows; r++)
        {
            var row = _logits.Pointer + ((long)r * Head.PaddedOutputs);
            _work.Kernels.Scale(row, share / _work.Kernels.Sum(row, Head.PaddedOutputs), row, Head.PaddedOutputs);
            row[targets[r]] -= share;
        }
    }
}
