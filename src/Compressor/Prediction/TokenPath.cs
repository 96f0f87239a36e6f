namespace Compressor.Prediction;

/// <summary>
/// A token as binary decisions along its id's bits, most significant first: each decision's probability is the share of
/// the softmax weights below its two halves.
/// </summary>
/// <param name="weights">[V] softmax weights; whoever uses the path keeps them alive.</param>
/// <param name="prefixes">Their sums, see <see cref="TokenDistribution.SumBlocks"/>.</param>
/// <param name="vocabularySize">V; ids from V to the next power of two have no weight.</param>
internal unsafe struct TokenPath(int* weights, ulong* prefixes, int vocabularySize)
{
    private readonly int* _weights = weights;
    private readonly ulong* _prefixes = prefixes;
    private readonly int _vocabularySize = vocabularySize;
    private int _low;
    private int _size = 1 << Bits(vocabularySize);
    private ulong _below;                                                                    // weight of ids < _low
    private ulong _upTo = prefixes[TokenDistribution.Blocks(vocabularySize)];               // weight of ids < _low + _size
    private ulong _middle;

    /// <summary>Decisions of a token: ⌈log₂ V⌉.</summary>
    public static int Bits(int vocabularySize) => System.Numerics.BitOperations.Log2((uint)vocabularySize - 1) + 1;

    /// <summary>The probability that the next bit is 1, of 2^16, in [1, 2^16 − 1].</summary>
    public int Probability()
    {
        _middle = Prefix(_low + _size / 2);
        ulong all = _upTo - _below, upper = _upTo - _middle;
        return all == 0 ? 1 << 15 : Math.Clamp((int)((upper << 16) / all), 1, (1 << 16) - 1);
    }

    /// <summary>Goes down to the half that the bit names.</summary>
    public void Take(int bit)
    {
        _size >>= 1;
        if (bit == 1)
        {
            _low += _size;
            _below = _middle;
        }
        else
        {
            _upTo = _middle;
        }
    }

    private readonly ulong Prefix(int id)
    {
        if (id >= _vocabularySize) return _prefixes[TokenDistribution.Blocks(_vocabularySize)];
        int block = id / TokenDistribution.BlockLength;
        ulong sum = _prefixes[block];
        for (int v = block * TokenDistribution.BlockLength; v < id; v++) sum += (uint)_weights[v];
        return sum;
    }
}
