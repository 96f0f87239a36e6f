using System.Runtime.Intrinsics;
using Compressor.Kernels;

namespace Compressor.Memory;

/// <summary>
/// Adaptive prediction from the file itself, on top of the transformer's probabilities: what followed the last few tokens
/// before, the longest match, and how far the transformer has been right; mixed in the logistic domain for every binary
/// decision of a token (docs/memory.md). Integer arithmetic throughout. Shared by all lanes of a block, in coding order.
/// </summary>
/// <remarks>Use: <see cref="Begin"/>, then for each decision <see cref="Predict"/> and <see cref="Update"/>, then <see cref="End"/>.</remarks>
internal sealed unsafe class TokenMemory
{
    private const int Orders = 6;                    // contexts with successors
    private const int Inputs = 16;
    private const int CountLevels = 10;              // a count is told apart by this many levels
    private const int AgreementLevels = 4;           // of the transformer's probability, beside the counts
    private const int ConfidenceLevels = 12;         // of the transformer's logit, to choose mixer weights
    private const int MatchLevels = MatchModel.MostLength + 1;

    private readonly int _bits;                      // binary decisions of a token
    private readonly SuccessorTable _table;
    private readonly MatchModel _match;
    private readonly AdaptiveMap _orderMap;          // [Orders, CountLevels, CountLevels, AgreementLevels]
    private readonly AdaptiveMap _matchMap;          // [MatchLevels, AgreementLevels]
    private readonly AdaptiveMap _unigrams;          // [2^bits] by decision
    private readonly Mixer _byDepth, _byState;
    private readonly Refinement _refineByNode, _refineByMatch;
    private readonly PinnedArray<int> _inputs = new(Inputs);
    private readonly int[][] _recent;                // [lanes][6] newest first

    // The token in progress.
    private readonly ulong[] _hashes = new ulong[Orders];
    private readonly ushort*[] _lines = new ushort*[Orders];
    private readonly Vector256<ushort>[] _tokens = new Vector256<ushort>[Orders];   // successors
    private readonly Vector256<ushort>[] _counts = new Vector256<ushort>[Orders];   // their counts, 0 where the decisions so far exclude them
    private readonly Vector256<ushort>[] _ones = new Vector256<ushort>[Orders];     // those that would make the next bit 1
    private readonly int[] _totals = new int[Orders], _oneTotals = new int[Orders], _contexts = new int[Orders];
    private int _lane, _depth, _node, _matchToken, _matchBit, _matchContext, _mixed1, _mixed2;

    /// <param name="bits">Binary decisions of a token, at most 16.</param>
    /// <param name="lanes">Lanes that share the memory.</param>
    /// <param name="tokens">The most tokens of a lane.</param>
    /// <param name="lineBits">log2 of the number of 64-byte lines of the successor table.</param>
    public TokenMemory(int bits, int lanes, int tokens, int lineBits)
    {
        _bits = bits;
        _table = new SuccessorTable(lineBits);
        _match = new MatchModel(lanes, tokens, Math.Clamp(lineBits, 12, 20));
        _orderMap = new AdaptiveMap(Orders * CountLevels * CountLevels * AgreementLevels, 255);
        _matchMap = new AdaptiveMap(MatchLevels * AgreementLevels, 255);
        _unigrams = new AdaptiveMap(1 << bits, 60);
        _byDepth = new Mixer(Inputs, bits * 4 * 3, 1 << 16, 1 << 13, 6);
        _byState = new Mixer(Inputs, (Orders + 1) * ConfidenceLevels * 2, 1 << 16, 1 << 13, 6);
        _refineByNode = new Refinement(1 << bits);
        _refineByMatch = new Refinement(MatchLevels * 2 * bits);
        _recent = new int[lanes][];
        for (int i = 0; i < lanes; i++)
        {
            _recent[i] = new int[6];
            _recent[i].AsSpan().Fill(-1);
        }
        for (int n0 = 0; n0 < CountLevels; n0++)
            for (int n1 = 0; n1 < CountLevels; n1++)
                for (int o = 0; o < Orders; o++)
                    for (int a = 0; a < AgreementLevels; a++)
                        _orderMap.Seed(((o * CountLevels + n0) * CountLevels + n1) * AgreementLevels + a, (2 * n1 + 1) * Logistic.One / (2 * (n0 + n1) + 2));
    }

    /// <summary>Starts the next token of a lane.</summary>
    public void Begin(int lane)
    {
        _lane = lane;
        _depth = 0;
        _node = 1;
        int[] r = _recent[lane];
        _hashes[0] = Hash(1, r[0]);
        _hashes[1] = Hash(_hashes[0], r[1]);
        _hashes[2] = Hash(_hashes[1], r[2]);
        _hashes[3] = Hash(_hashes[2], r[3]);
        _hashes[4] = Hash(Hash(_hashes[3], r[4]), r[5]);
        _hashes[5] = Hash(Hash(2, r[1]), r[2]);   // skips the newest token
        for (int o = 0; o < Orders; o++) _table.Prefetch(Spread(_hashes[o]));
        for (int o = 0; o < Orders; o++)
        {
            ushort* line = _table.Find(Spread(_hashes[o]));
            _lines[o] = line;
            _tokens[o] = Vector256.Load(line);
            _counts[o] = SuccessorTable.Counts(line);
            _totals[o] = Vector256.Sum(_counts[o]);
        }
        _matchToken = _match.Predicted(lane);
    }

    /// <summary>The probability, of 2^16, that the next bit of the token is 1.</summary>
    /// <param name="modelProbability">The transformer's, in [1, 2^16 − 1].</param>
    public int Predict(int modelProbability)
    {
        int* inputs = _inputs.Pointer;
        int model = Logistic.Stretch(modelProbability), shift = _bits - 1 - _depth;
        int agreement = modelProbability >> 14;
        inputs[0] = model;
        int active = 0, highest = 0;
        for (int o = 0; o < Orders; o++)
        {
            if (_totals[o] == 0)
            {
                inputs[2 * o + 1] = inputs[2 * o + 2] = 0;
                continue;
            }
            active++;
            if (o < 5) highest = o + 1;
            Vector256<ushort> bit = Vector256.Equals(_tokens[o] >>> shift & Vector256<ushort>.One, Vector256<ushort>.One);
            _ones[o] = _counts[o] & bit;
            int n1 = Vector256.Sum(_ones[o]), n0 = _totals[o] - n1;
            _oneTotals[o] = n1;
            _contexts[o] = ((o * CountLevels + Level(n0)) * CountLevels + Level(n1)) * AgreementLevels + agreement;
            inputs[2 * o + 1] = Logistic.Stretch(_orderMap.Predict(_contexts[o])) - model;
            inputs[2 * o + 2] = Logistic.Stretch((n1 * 2 * Logistic.One + modelProbability) / (2 * (n0 + n1) + 1)) - model;
        }

        int length = _matchToken < 0 ? 0 : _match.Length(_lane);
        inputs[13] = 0;
        if (length > 0)
        {
            _matchBit = _matchToken >> shift & 1;
            _matchContext = length * AgreementLevels + (_matchBit == 1 ? agreement : AgreementLevels - 1 - agreement);
            int logit = Logistic.Stretch(_matchMap.Predict(_matchContext));
            inputs[13] = _matchBit == 1 ? logit - model : -logit - model;
        }
        if (_unigrams.IsYoung(_node, 1)) _unigrams.Seed(_node, modelProbability);
        inputs[14] = Logistic.Stretch(_unigrams.Predict(_node)) - model;
        inputs[15] = 256;

        int matchLevel = length == 0 ? 0 : length < 8 ? 1 : length < 20 ? 2 : 3;
        _mixed1 = _byDepth.Mix(inputs, (_depth * 4 + matchLevel) * 3 + (highest + 1) / 3);
        _mixed2 = _byState.Mix(inputs, (active * ConfidenceLevels + Math.Min(Math.Abs(model) >> 8, ConfidenceLevels - 1)) * 2 + (length > 0 ? 1 : 0));
        int mixed = (_mixed1 + _mixed2) >> 1;
        int p = Logistic.Squash(mixed);
        int refined1 = _refineByNode.Predict(mixed, _node);
        int refined2 = _refineByMatch.Predict(mixed, (length * 2 + (length > 0 ? _matchBit : 0)) * _bits + _depth);
        return Math.Clamp((2 * p + refined1 + refined2) >> 2, 1, Logistic.One - 1);
    }

    /// <summary>Learns the bit that was predicted last.</summary>
    public void Update(int bit)
    {
        int target = bit << 16;
        _byDepth.Update(_inputs.Pointer, target - Logistic.Squash(_mixed1));
        _byState.Update(_inputs.Pointer, target - Logistic.Squash(_mixed2));
        _refineByNode.Update(bit);
        _refineByMatch.Update(bit);
        _unigrams.Update(_node, bit);
        if (_matchToken >= 0)
        {
            _matchMap.Update(_matchContext, bit == _matchBit ? 1 : 0);
            if (bit != _matchBit) _matchToken = -1;
        }
        for (int o = 0; o < Orders; o++)
        {
            if (_totals[o] == 0) continue;
            _orderMap.Update(_contexts[o], bit);
            _counts[o] = bit == 1 ? _ones[o] : _counts[o] - _ones[o];
            _totals[o] = bit == 1 ? _oneTotals[o] : _totals[o] - _oneTotals[o];
        }
        _node = 2 * _node + bit;
        _depth++;
    }

    /// <summary>Learns the finished token.</summary>
    public void End(int token)
    {
        for (int o = 0; o < Orders; o++) SuccessorTable.Update(_lines[o], (ushort)token);
        _match.Append(_lane, token);
        int[] r = _recent[_lane];
        r.AsSpan(0, r.Length - 1).CopyTo(r.AsSpan(1));
        r[0] = token;
    }

    /// <summary>Extends the hash of a context by a token.</summary>
    private static ulong Hash(ulong context, int token) => (context + (uint)token + 1) * 0x9E3779B97F4A7C15ul;

    private static ulong Spread(ulong hash)
    {
        hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93ul;
        return hash ^ hash >> 29;
    }

    /// <summary>Counts 0, 1, 2, 3, 4, 5–6, 7–10, 11–20, 21–60 and more.</summary>
    private static int Level(int count) => count switch
    {
        < 5 => count,
        < 7 => 5,
        < 11 => 6,
        < 21 => 7,
        < 61 => 8,
        _ => 9,
    };
}
