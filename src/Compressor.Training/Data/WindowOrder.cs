namespace Compressor.Training.Data;

/// <summary>
/// The windows of one token stream, in the order they are trained on. Every epoch covers the stream once, in windows of fixed length
/// that start at another offset and come in another order each time.
/// </summary>
/// <remarks>
/// The stream is treated as a ring: epoch e cuts it at a random point and takes ⌈N/T⌉ consecutive windows from there,
/// so at most T − 1 tokens are seen twice. Short documents share a window, with BOS between them; a BOS is never a target.
/// </remarks>
internal sealed class WindowOrder
{
    private readonly TokenCorpus _corpus;
    private readonly ulong _seed;
    private readonly int _length;
    private int[] _order = [];
    private long _orderEpoch = -1;
    private int _offset;

    /// <param name="corpus">The token stream.</param>
    /// <param name="length">Tokens in a window, T.</param>
    /// <param name="seed">Decides offsets and order.</param>
    public WindowOrder(TokenCorpus corpus, int length, ulong seed)
    {
        _corpus = corpus;
        _seed = seed;
        _length = length;
        WindowsPerEpoch = (corpus.Tokens.Length + length - 1) / length;
    }

    /// <summary>Windows in an epoch.</summary>
    public int WindowsPerEpoch { get; }

    /// <summary>Fills in a window.</summary>
    /// <param name="index">Its place in the order, from 0; epochs follow each other.</param>
    /// <param name="inputs">[T] gets BOS and then all but the last of its tokens.</param>
    /// <param name="targets">[T] gets its tokens, <see cref="Batch.Ignored"/> for BOS.</param>
    public void Fill(long index, Span<long> inputs, Span<long> targets)
    {
        var (epoch, window) = Math.DivRem(index, WindowsPerEpoch);
        PrepareEpoch(epoch);
        var tokens = _corpus.Tokens;
        var start = _offset + (long)_order[window] * _length;
        var previous = ModelConfig.BosToken;
        for (var t = 0; t < _length; t++)
        {
            int token = tokens[(int)((start + t) % tokens.Length)];
            inputs[t] = previous;
            targets[t] = token == ModelConfig.BosToken ? Batch.Ignored : token;
            previous = token;
        }
    }

    private void PrepareEpoch(long epoch)
    {
        if (epoch == _orderEpoch)
            return;
        var random = DeterministicRandom.For(_seed, (ulong)epoch);
        _offset = random.Below(_corpus.Tokens.Length);
        _order = new int[WindowsPerEpoch];
        for (var i = 0; i < _order.Length; i++)
        {
            var j = random.Below(i + 1);
            _order[i] = _order[j];
            _order[j] = i;
        }

        _orderEpoch = epoch;
    }
}
