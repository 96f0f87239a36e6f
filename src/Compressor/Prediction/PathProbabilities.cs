namespace Compressor.Prediction;

/// <summary>The probabilities that a distribution gives the decisions along a <see cref="TokenPath"/>: ratios of the masses of ranges of ranks.</summary>
/// <param name="distribution">Of the token that the path leads to.</param>
internal ref struct PathProbabilities(TokenDistribution distribution)
{
    /// <summary>Probabilities are parts of 2^16.</summary>
    public const int PrecisionBits = 16;

    private readonly TokenDistribution _distribution = distribution;
    private readonly int _shift = distribution.MassShift;
    private ulong _beforeLow = distribution.SumBefore(1), _beforeHigh = distribution.SumBefore(distribution.VocabularySize), _beforeMiddle;

    /// <summary>The probability that the next decision is a 1, of 2^16, in [1, 2^16 − 1].</summary>
    /// <param name="path">Has a next decision; every one before it went through here.</param>
    public int Next(in TokenPath path)
    {
        _beforeMiddle = _distribution.SumBefore(path.Middle);
        ulong upper = Mass(_beforeMiddle, _beforeHigh, path.High - path.Middle), all = Mass(_beforeLow, _beforeHigh, path.High - path.Low);
        return Math.Clamp((int)((upper << PrecisionBits) / all), 1, (1 << PrecisionBits) - 1);
    }

    /// <summary>Takes the decision that was asked about last.</summary>
    public void Take(int bit)
    {
        if (bit == 1) _beforeLow = _beforeMiddle;
        else _beforeHigh = _beforeMiddle;
    }

    /// <summary>The probabilities of all decisions on the way to a token.</summary>
    /// <param name="tree">The vocabulary.</param>
    /// <param name="rank">The token.</param>
    /// <param name="distribution">Of that token.</param>
    /// <param name="probabilities">[<see cref="TokenTree.DecisionsOf"/>] receives them.</param>
    public static void Follow(TokenTree tree, int rank, TokenDistribution distribution, Span<ushort> probabilities)
    {
        var path = new TokenPath(tree);
        var network = new PathProbabilities(distribution);
        for (var i = 0; path.Middle != 0; i++)
        {
            probabilities[i] = (ushort)network.Next(path);
            var bit = rank >= path.Middle ? 1 : 0;
            network.Take(bit);
            path.Take(bit);
        }
    }

    private readonly ulong Mass(ulong before, ulong upTo, int ranks) => (upTo - before << _shift) + (uint)ranks;
}
