namespace Compressor.Training.Data;

/// <summary>Token streams that are trained on together, each with its weight.</summary>
internal sealed class TokenMixture
{
    private readonly (TokenCorpus Corpus, int Weight)[] _sources;

    /// <param name="sources">Streams and their weights: how often each is read, relative to the others.</param>
    public TokenMixture(IEnumerable<(TokenCorpus Corpus, int Weight)> sources)
    {
        _sources = [.. sources];
        if (_sources.Length is 0 or > MixtureSchedule.Period)
            throw new ArgumentException($"a mixture has from 1 to {MixtureSchedule.Period} sources, not {_sources.Length}", nameof(sources));
    }

    /// <summary>One stream alone.</summary>
    public static TokenMixture Of(TokenCorpus corpus) => new([(corpus, 1)]);

    public int Count => _sources.Length;

    public TokenCorpus this[int source] => _sources[source].Corpus;

    /// <summary>Bytes of text behind all streams, each counted once.</summary>
    public long ByteCount => _sources.Sum(s => s.Corpus.ByteCount);

    /// <summary>Tokens that stand for text in all streams, each counted once.</summary>
    public long TextTokens => _sources.Sum(s => s.Corpus.TextTokens);

    /// <summary>Bytes that a token stands for in the text as it is read, weights and all.</summary>
    public double BytesPerToken =>
        _sources.Sum(s => (double)s.Corpus.ByteCount * s.Weight) / _sources.Sum(s => (double)s.Corpus.TextTokens * s.Weight);

    /// <summary>What part of the windows comes from where, in proportion to tokens times weight.</summary>
    public UInt128[] Parts() => [.. _sources.Select(s => (UInt128)(ulong)s.Corpus.Tokens.Length * (uint)s.Weight)];
}
