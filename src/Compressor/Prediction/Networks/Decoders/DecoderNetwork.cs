using System.Security.Cryptography;
using System.Text;
using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>A decoder-only transformer of a checkpoint, quantised, run by this library's kernels.</summary>
internal sealed class DecoderNetwork : INetwork
{
    /// <summary>Rows of logits computed at once.</summary>
    public const int Tile = 16;

    private readonly TokenTree _tree;
    private readonly int[] _rankOf;
    private readonly InstructionSet _set;

    /// <param name="weights">The model.</param>
    /// <param name="tree">Its vocabulary; rank 0 is the start token.</param>
    /// <param name="set">The instruction set to run; every one gives the same bits.</param>
    public DecoderNetwork(DecoderWeights weights, TokenTree tree, InstructionSet set)
    {
        (Weights, _tree, _set) = (weights, tree, set);
        _rankOf = [.. Enumerable.Range(0, tree.IdCount).Select(tree.RankOf)];
    }

    /// <summary>The weights.</summary>
    public DecoderWeights Weights { get; }

    /// <inheritdoc/>
    public int VocabularySize => _tree.VocabularySize;

    /// <inheritdoc/>
    public int StartToken => _tree.IdOf(0);

    /// <inheritdoc/>
    public int ScoredRows => 32;

    /// <inheritdoc/>
    public int VocabularyTile => Tile;

    /// <inheritdoc/>
    public INetworkState Open(int lanes, int maxRows) => new DecoderPass(Weights, _rankOf, StartToken, lanes, maxRows, _set);

    /// <summary>SHA-256 over all that decides predictions: shape, spellings of the tokens, quantised weights.</summary>
    /// <param name="description">The shape as text.</param>
    public byte[] ContentHash(string description)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(description));
        for (var rank = 0; rank < _tree.VocabularySize; rank++)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{_tree.IdOf(rank)} {_tree.LengthOf(rank)} "));
            hash.AppendData(_tree.BytesOf(rank));
        }
        foreach (var (name, part) in Weights.Parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name}\n"));
            foreach (var tensor in QuantizedCopy.DataOf(name, part)) tensor.Read(hash.AppendData);
        }
        return hash.GetHashAndReset();
    }
}
