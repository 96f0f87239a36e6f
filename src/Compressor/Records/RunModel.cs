using Compressor.Prediction.Mixing;

namespace Compressor.Records;

/// <summary>
/// Predicts whether the next byte is the one that a long match expects. Where most of a record is known from the dictionary, one such decision in
/// place of eight predicted bits is what makes a form quick.
/// </summary>
internal sealed unsafe class RunModel : IDisposable
{
    private const int MinLength = 12, ContextBits = 16, Limit = 255;

    private readonly MatchModel _match;
    private readonly UndoLog? _undo;
    private readonly AdaptiveMap _map = new(1 << ContextBits, Limit);
    private int _context;

    /// <param name="match">The long match of the model of bytes.</param>
    /// <param name="undo">Told of every change; null for none.</param>
    public RunModel(MatchModel match, UndoLog? undo)
    {
        (_match, _undo) = (match, undo);
        for (var context = 0; context < 1 << ContextBits; context++)
            *_map[context] = AdaptiveProbability.Seed(Logistic.One * 31 / 32);
    }

    /// <summary>The byte that is expected, while there is a run.</summary>
    public byte Expected => (byte)_match.Expected;

    /// <summary>Whether the next byte is one that may continue a run.</summary>
    /// <param name="content">The bytes so far.</param>
    public bool Begin(ReadOnlySpan<byte> content)
    {
        if (_match.Length < MinLength)
            return false;
        uint last = content[^1], beforeLast = content[^2];
        var context = ((uint)_match.Confidence >> 2 << 24) | ((uint)Expected << 16) | (last << 8) | beforeLast;
        _context = (int)((context * 0x9E3779B1u) >> (32 - ContextBits));
        return true;
    }

    /// <summary>The probability, of 2^16, that it is; in [1, 2^16 − 1].</summary>
    public int Predict() => _map.Predict(_context);

    /// <summary>Learns whether it was.</summary>
    public void Update(int bit)
    {
        _undo?.Keep(_map[_context]);
        _map.Update(_context, bit);
    }

    /// <summary>Takes over what another has learned.</summary>
    public void CopyFrom(RunModel other) => _map.CopyFrom(other._map);

    public void Dispose() => _map.Dispose();
}
