namespace Compressor.Training.Data;

/// <summary>
/// Cuts a token stream into training sequences. A step's batch is a function of (seed, step) alone, so a resumed run
/// sees what an uninterrupted one would have. Every epoch covers the stream once, in windows of fixed length that start
/// at another offset and come in another order each time.
/// </summary>
/// <remarks>
/// The stream is treated as a ring: epoch e cuts it at a random point and takes ⌈N/T⌉ consecutive windows from there,
/// so at most T − 1 tokens are seen twice. Short documents share a window, with BOS between them; a BOS is never a target.
/// </remarks>
internal sealed class BatchSampler
{
    private readonly TokenCorpus _corpus;
    private readonly ulong _seed;
    private readonly int _sequences;
    private readonly int _length;
    private readonly int _windows;
    private int[] _order = [];
    private long _orderEpoch = -1;
    private int _offset;

    /// <param name="corpus">The token stream.</param>
    /// <param name="sequences">Sequences in a batch.</param>
    /// <param name="length">Tokens in a sequence, T.</param>
    /// <param name="seed">Decides offsets and order.</param>
    public BatchSampler(TokenCorpus corpus, int sequences, int length, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _corpus = corpus;
        _seed = seed;
        _sequences = sequences;
        _length = length;
        _windows = (corpus.Tokens.Length + length - 1) / length;
    }

    /// <summary>Windows in an epoch.</summary>
    public int WindowsPerEpoch => _windows;

    /// <summary>The batch of step <paramref name="step"/> (from 0).</summary>
    public Batch Sample(long step)
    {
        var batch = new Batch(_sequences, _length);
        for (int row = 0; row < _sequences; row++)
        {
            var (epoch, index) = Math.DivRem(step * _sequences + row, _windows);
            PrepareEpoch(epoch);
            FillRow(batch, row, _order[index]);
        }

        return batch;
    }

    private void FillRow(Batch batch, int row, int window)
    {
        var tokens = _corpus.Tokens;
        var inputs = batch.Inputs.AsSpan(row * _length, _length);
        var targets = batch.Targets.AsSpan(row * _length, _length);
        long start = _offset + (long)window * _length;
        int previous = ModelConfig.BosToken;
        for (int t = 0; t < _length; t++)
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
        _order = new int[_windows];
        for (int i = 0; i < _windows; i++)
        {
            int j = random.Below(i + 1);
            _order[i] = _order[j];
            _order[j] = i;
        }

        _orderEpoch = epoch;
    }
}
