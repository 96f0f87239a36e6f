namespace Compressor.Prediction;

/// <summary>A way down a <see cref="TokenTree"/>: the range of ranks that the decisions so far leave, and the decision that comes next.</summary>
/// <param name="tree">The tree; the way starts at its root.</param>
internal struct TokenPath(TokenTree tree)
{
    /// <summary>The first rank of the range; the token, once there are no more decisions.</summary>
    public int Low { get; private set; } = 1;

    /// <summary>The rank after the range.</summary>
    public int High { get; private set; } = tree.VocabularySize;

    /// <summary>Where the next decision divides the range: a 1 leaves [Middle, High); 0 if there are no more decisions.</summary>
    public int Middle { get; private set; } = tree.Root;

    /// <summary>Where the next decision is, if there is one; see <see cref="TokenTree.Node"/>.</summary>
    public readonly int Place => tree.NodeAt(Middle).Place;

    /// <summary>Whether it is at a given place.</summary>
    public readonly bool DecidesAt(int place) => Middle != 0 && Place == place;

    /// <summary>Takes the decision.</summary>
    public void Take(int bit)
    {
        var middle = Middle;
        Middle = tree.NodeAt(middle).Child(bit);
        if (bit == 1) Low = middle;
        else High = middle;
    }
}
