using Compressor.Prediction;

namespace Compressor;

/// <summary>
/// A text in progress under a language model: what the model makes of its next token, as the codec has it, the same on every machine. Reading and advancing allocate
/// nothing. Not thread-safe; sessions of one model may be used by different threads.
/// </summary>
/// <example><code>
/// using var session = LanguageModel.Default.CreateSession();
/// foreach (var token in LanguageModel.Default.Tokenize("Once upon a "u8))
///     session.Advance(token);
/// var next = session.Sample(Random.Shared.NextDouble());
/// </code></example>
public sealed class LanguageModelSession : IDisposable
{
    private readonly TokenTree _vocabulary;
    private readonly ILaneSession _session;
    private readonly int[] _newest = new int[1];
    private readonly float[] _log2;   // by id
    private bool _computed;

    internal LanguageModelSession(LanguageModel model)
    {
        _vocabulary = model.Vocabulary;
        _session = model.TokenModel.OpenSession(1);
        _log2 = new float[_vocabulary.IdCount];
        _session.Predict(1);
    }

    /// <summary>
    /// The logarithm to base 2 of the probability of every token, by its number; negative infinity for tokens that stand for no bytes. The span is valid, and keeps its
    /// numbers, until <see cref="Advance"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public ReadOnlySpan<float> Log2Probabilities
    {
        get
        {
            if (_computed)
                return _log2;
            var distribution = _session.Distribution(0);
            var all = Math.Log2(distribution.MassOf(1, _vocabulary.VocabularySize));
            _log2.AsSpan().Fill(float.NegativeInfinity);
            for (var rank = 1; rank < _vocabulary.VocabularySize; rank++)
                _log2[_vocabulary.IdOf(rank)] = (float)(Math.Log2(distribution.MassOf(rank, rank + 1)) - all);
            _computed = true;
            return _log2;
        }
    }

    /// <summary>The logarithm to base 2 of the probability of one token: what it costs in bits, negated.</summary>
    /// <param name="token">Its number.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public double Log2ProbabilityOf(int token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)_vocabulary.IdCount, nameof(token));
        var rank = _vocabulary.RankOf(token);
        if (rank <= 0)
            return double.NegativeInfinity;
        var distribution = _session.Distribution(0);
        return Math.Log2((double)distribution.MassOf(rank, rank + 1) / distribution.MassOf(1, _vocabulary.VocabularySize));
    }

    /// <summary>Tells the next token of the text.</summary>
    /// <param name="token">Its number; one that stands for bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token, or it stands for no bytes.</exception>
    public void Advance(int token)
    {
        if ((uint)token >= (uint)_vocabulary.IdCount || _vocabulary.RankOf(token) <= 0)
            throw new ArgumentOutOfRangeException(nameof(token), token, "No token of that number stands for bytes.");
        _newest[0] = token;
        _session.Advance(_newest);
        _session.Predict(1);
        _computed = false;
    }

    /// <summary>Chooses a token by its probability.</summary>
    /// <param name="uniform">A random number of [0, 1); the same number gives the same token.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public int Sample(double uniform)
    {
        if (!(uniform >= 0 && uniform < 1))
            throw new ArgumentOutOfRangeException(nameof(uniform), uniform, "The number is not within [0, 1).");
        var distribution = _session.Distribution(0);
        var wanted = (ulong)(uniform * distribution.MassOf(1, _vocabulary.VocabularySize));
        // The last rank whose masses before it are not above the number.
        var (low, high) = (1, _vocabulary.VocabularySize);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (distribution.MassOf(1, middle) <= wanted)
                low = middle;
            else
                high = middle;
        }

        return _vocabulary.IdOf(low);
    }

    /// <summary>Ends the session.</summary>
    public void Dispose() => _session.Dispose();
}
