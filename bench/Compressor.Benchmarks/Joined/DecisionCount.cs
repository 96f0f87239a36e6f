using Compressor.Payload;
using Compressor.Prediction;
using Compressor.RangeCoding;

namespace Compressor.Benchmarks.Joined;

/// <summary>Counts the decisions of tokens, and adds up what they cost: bits of bytes, and ends of tokens.</summary>
/// <param name="tree">The vocabulary.</param>
internal sealed class DecisionCount(TokenTree tree) : ITokenObserver
{
    private TokenPath _path;

    /// <summary>How many bits were coded.</summary>
    public int Bits { get; private set; }

    /// <summary>How often it was coded whether a token goes on.</summary>
    public int Ends { get; private set; }

    /// <summary>What the bits cost, in bits.</summary>
    public double BitCost { get; private set; }

    /// <summary>What the ends cost, in bits.</summary>
    public double EndCost { get; private set; }

    public void Begin(int index, TokenDistribution distribution) => _path = new TokenPath(tree);

    public void SeeInterval(Interval interval)
    {
    }

    public void SeeDecision(int bit, int coded, int modelled)
    {
        var cost = 16 - Math.Log2(bit == 1 ? coded : (1 << 16) - coded);
        if (_path.Place % TokenTree.PlacesPerByte == TokenTree.ContinuePlace)
            (Ends, EndCost) = (Ends + 1, EndCost + cost);
        else
            (Bits, BitCost) = (Bits + 1, BitCost + cost);
        _path.Take(bit);
    }

    public void End(int token)
    {
    }
}
