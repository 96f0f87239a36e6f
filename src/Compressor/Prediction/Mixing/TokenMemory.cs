using System.Runtime.Intrinsics;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// Adaptive prediction from the file itself, on top of the transformer's probabilities: what followed the last few tokens
/// before, the longest match, and how far the transformer has been right; mixed in the logistic domain for every binary
/// decision of a token (docs/memory.md). Integer arithmetic throughout. Shared by all lanes of a block, in coding order.
/// </summary>
/// <remarks>Use: <see cref="Begin"/>, then for each decision <see cref="Predict"/> and <see cref="Update"/>, then <see cref="End"/>.</remarks>
internal sealed unsafe class TokenMemory : IDisposable
{
    private const int Orders = 6;                    // contexts with successors: 1, 2, 3, 4 and 6 tokens, and one that skips the newest
    private const int DecisionOrders = 3;            // contexts with learned decisions: 1, 2 and 3 tokens
    private const int CountLevels = 10;              // a count is told apart by this many levels
    private const int AgreementLevels = 12;          // of the transformer's logit, beside the counts
    private const int AgreementStep = 320;           // logit units
    private const int ConfidenceLevels = 12;         // of the transformer's logit, to choose mixer weights
    private const int MatchLevels = MatchModel.MostLength + 1;
    private const int DecisionLimit = 120, UnigramLimit = 60, MapLimit = 255;

    // Inputs of the mixers, all but the first as differences from the transformer's logit.
    private const int Inputs = 32;
    private const int ModelInput = 0, SuccessorInputs = 1, MatchInput = 13, UnigramInput = 14, DecisionInputs = 15, RefinedInputs = 24;
    private const int ModelWeight = 1 << 16, OtherWeight = 1 << 13, FinalRate = 16;

    private readonly int _bits;                      // binary decisions of a token
    private readonly SuccessorTable _successors;
    private readonly DecisionTable _decisions;
    private readonly MatchModel _match;
    private readonly AdaptiveMap _orderMap;          // [Orders, CountLevels, CountLevels, AgreementLevels]
    private readonly AdaptiveMap _matchMap;          // [MatchLevels, AgreementLevels]
    private readonly AdaptiveMap _unigrams;          // [2^bits] by decision
    private readonly LayeredMixer _mixer;
    private readonly Refinement _refineByNode, _refineByMatch, _modelByNode, _modelByToken;
    private readonly ZeroedArray<int> _inputs = new(Inputs);
    private readonly int[][] _recent;                // [lanes][6] newest first
    private readonly ulong[][] _hashes;              // [lanes][Orders] of the contexts of the next token

    // The token in progress.
    private readonly ushort*[] _lines = new ushort*[Orders];
    private readonly Vector256<ushort>[] _tokens = new Vector256<ushort>[Orders];   // successors
    private readonly Vector256<ushort>[] _counts = new Vector256<ushort>[Orders];   // their counts, 0 where the decisions so far exclude them
    private readonly Vector256<ushort>[] _ones = new Vector256<ushort>[Orders];     // those that would make the next bit 1
    private readonly int[] _totals = new int[Orders], _oneTotals = new int[Orders], _contexts = new int[Orders];
    private readonly uint*[] _decisionLines = new uint*[DecisionOrders], _slots = new uint*[DecisionOrders];
    private int _lane, _depth, _node, _matchToken, _matchBit, _matchContext;

    /// <param name="bits">Binary decisions of a token, at most 16.</param>
    /// <param name="lanes">Lanes that share the memory.</param>
    /// <param name="tokens">The most tokens of a lane.</param>
    /// <param name="lineBits">Size: two tables of 2^lineBits lines of 64 bytes.</param>
    public TokenMemory(int bits, int lanes, int tokens, int lineBits)
    {
        _bits = bits;
        _successors = new SuccessorTable(lineBits);
        _decisions = new DecisionTable(lineBits);
        _match = new MatchModel(lanes, tokens, Math.Min(lineBits, 20));
        _orderMap = new AdaptiveMap(Orders * CountLevels * CountLevels * AgreementLevels, MapLimit);
        _matchMap = new AdaptiveMap(MatchLevels * AgreementLevels, MapLimit);
        _unigrams = new AdaptiveMap(1 << bits, UnigramLimit);
        _mixer = new LayeredMixer(Inputs, [bits * 4 * 3, (Orders + 1) * ConfidenceLevels * 2, (1 << bits) + 1, 1 << bits], bits * 4, ModelWeight, OtherWeight, [128, 128, 384, 192], FinalRate);
        _refineByNode = new Refinement(1 << bits);
        _modelByNode = new Refinement(1 << bits);
        _modelByToken = new Refinement(((1 << bits) + 1) * 4);
        _refineByMatch = new Refinement(MatchLevels * 2 * bits);
        _recent = new int[lanes][];
        _hashes = new ulong[lanes][];
        for (int i = 0; i < lanes; i++)
        {
            _recent[i] = new int[6];
            _recent[i].AsSpan().Fill(-1);
            _hashes[i] = new ulong[Orders];
            HashContexts(i);
        }
        // Counts n0 and n1 say (n1 + ½) / (n0 + n1 + 1) until the map knows better; a match says ½.
        for (int i = 0; i < Orders * CountLevels * CountLevels * AgreementLevels; i++)
        {
            int n1 = i / AgreementLevels % CountLevels, n0 = i / AgreementLevels / CountLevels % CountLevels;
            *_orderMap[i] = AdaptiveProbability.Seed((2 * n1 + 1) * Logistic.One / (2 * (n0 + n1) + 2));
        }
        for (int i = 0; i < MatchLevels * AgreementLevels; i++) *_matchMap[i] = AdaptiveProbability.Seed(Logistic.One / 2);
    }

    /// <summary>Starts the next token of a lane.</summary>
    public void Begin(int lane)
    {
        _lane = lane;
        _depth = 0;
        _node = 1;
        // The next lane's lines arrive while this lane's token is coded.
        Prefetch(lane + 1 < _hashes.Length ? lane + 1 : 0);
        ulong[] hashes = _hashes[lane];
        for (int o = 0; o < Orders; o++)
        {
            ushort* line = _successors.Find(Spread(hashes[o]));
            _lines[o] = line;
            _tokens[o] = Vector256.Load(line);
            _counts[o] = SuccessorTable.Counts(line);
            _totals[o] = Vector256.Sum(_counts[o]);
        }
        _matchToken = _match.Predicted(lane);
    }

    /// <summary>Makes a lane that has no tokens go on after what another has.</summary>
    public void Continue(int lane, int from)
    {
        _recent[from].CopyTo(_recent[lane], 0);
        HashContexts(lane);
    }

    /// <summary>The probability, of 2^16, that the next bit of the token is 1; in [1, 2^16 − 1].</summary>
    /// <param name="modelProbability">The transformer's, in the same range.</param>
    public int Predict(int modelProbability)
    {
        int* inputs = _inputs.Pointer;
        int model = Logistic.Stretch(modelProbability);
        inputs[ModelInput] = model;
        (int active, int highest) = AskSuccessors(modelProbability, model);
        AskDecisions(modelProbability, model);
        int length = AskMatch(modelProbability, model);

        uint* unigram = _unigrams[_node];
        if (AdaptiveProbability.IsNew(*unigram)) *unigram = AdaptiveProbability.Seed(modelProbability);
        inputs[UnigramInput] = Logistic.Stretch(AdaptiveProbability.Predict(*unigram)) - model;

        inputs[RefinedInputs] = Logistic.Stretch(_modelByNode.Predict(model, _node)) - model;
        inputs[RefinedInputs + 1] = Logistic.Stretch(_modelByToken.Predict(model, (_recent[_lane][0] + 1) * 4 + Math.Min(_depth >> 1, 3))) - model;
        int matchLevel = length == 0 ? 0 : length < 8 ? 1 : length < 20 ? 2 : 3;
        int confidence = Math.Min(Math.Abs(model) >> 8, ConfidenceLevels - 1);
        _mixer.Choose(0, (_depth * 4 + matchLevel) * 3 + (highest + 1) / 3);
        _mixer.Choose(1, (active * ConfidenceLevels + confidence) * 2 + (length > 0 ? 1 : 0));
        _mixer.Choose(2, _recent[_lane][0] + 1);
        _mixer.Choose(3, _node);
        int mixed = _mixer.Mix(inputs, _depth * 4 + matchLevel);

        int refined1 = _refineByNode.Predict(mixed, _node);
        int refined2 = _refineByMatch.Predict(mixed, (length * 2 + (length > 0 ? _matchBit : 0)) * _bits + _depth);
        return Math.Clamp((2 * Logistic.Squash(mixed) + refined1 + refined2) >> 2, 1, Logistic.One - 1);
    }

    /// <summary>Learns the bit that was predicted last.</summary>
    public void Update(int bit)
    {
        _mixer.Update(_inputs.Pointer, bit);
        _refineByNode.Update(bit);
        _refineByMatch.Update(bit);
        _modelByNode.Update(bit);
        _modelByToken.Update(bit);
        _unigrams.Update(_node, bit);
        foreach (uint* slot in _slots) AdaptiveProbability.Update(slot, bit, DecisionLimit);
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
        HashContexts(_lane);
    }

    public void Dispose()
    {
        _successors.Dispose();
        _decisions.Dispose();
        _match.Dispose();
        _orderMap.Dispose();
        _matchMap.Dispose();
        _unigrams.Dispose();
        _mixer.Dispose();
        _refineByNode.Dispose();
        _refineByMatch.Dispose();
        _modelByNode.Dispose();
        _modelByToken.Dispose();
        _inputs.Dispose();
    }

    /// <summary>The contexts of a lane's next token.</summary>
    private void HashContexts(int lane)
    {
        int[] r = _recent[lane];
        ulong[] hashes = _hashes[lane];
        hashes[0] = Extend(1, r[0]);
        hashes[1] = Extend(hashes[0], r[1]);
        hashes[2] = Extend(hashes[1], r[2]);
        hashes[3] = Extend(hashes[2], r[3]);
        hashes[4] = Extend(Extend(hashes[3], r[4]), r[5]);
        hashes[5] = Extend(Extend(2, r[1]), r[2]);
    }

    /// <summary>Asks for what the first decisions of a lane's next token will read.</summary>
    private void Prefetch(int lane)
    {
        foreach (ulong hash in _hashes[lane]) _successors.Prefetch(Spread(hash));
        for (int i = 0; i < DecisionOrders; i++) _decisions.Prefetch(Spread(Extend(_hashes[lane][i], 1)));
    }

    /// <summary>Two inputs for each context that has met successors of the decisions so far.</summary>
    private (int Active, int Highest) AskSuccessors(int modelProbability, int model)
    {
        int shift = _bits - 1 - _depth, agreement = Agreement(model), active = 0, highest = 0;
        int* inputs = _inputs.Pointer + SuccessorInputs;
        for (int o = 0; o < Orders; o++, inputs += 2)
        {
            if (_totals[o] == 0)
            {
                inputs[0] = inputs[1] = 0;
                continue;
            }
            active++;
            if (o < Orders - 1) highest = o + 1;
            _ones[o] = _counts[o] & Vector256.Equals(_tokens[o] >>> shift & Vector256<ushort>.One, Vector256<ushort>.One);
            int n1 = Vector256.Sum(_ones[o]), n0 = _totals[o] - n1;
            _oneTotals[o] = n1;
            _contexts[o] = ((o * CountLevels + Level(n0)) * CountLevels + Level(n1)) * AgreementLevels + agreement;
            // What such counts have meant, and the counts with the transformer as half an observation.
            inputs[0] = Logistic.Stretch(_orderMap.Predict(_contexts[o])) - model;
            inputs[1] = Logistic.Stretch((n1 * 2 * Logistic.One + modelProbability) / (2 * (n0 + n1) + 1)) - model;
        }
        return (active, highest);
    }

    private void AskDecisions(int modelProbability, int model)
    {
        int step = _depth & 3, node = 1 << step | _node & (1 << step) - 1;   // 1…15 within the line of these four bits
        ulong[] hashes = _hashes[_lane];
        for (int i = 0; i < DecisionOrders; i++)
        {
            if (step == 0) _decisionLines[i] = _decisions.Find(Spread(Extend(hashes[i], _node)));
            if (step == 3 && _depth + 1 < _bits)
            {
                // Of the next four bits' lines one of two will be needed.
                _decisions.Prefetch(Spread(Extend(hashes[i], 2 * _node)));
                _decisions.Prefetch(Spread(Extend(hashes[i], 2 * _node + 1)));
            }
            uint* slot = _slots[i] = _decisionLines[i] + node;
            if (AdaptiveProbability.IsNew(*slot)) *slot = AdaptiveProbability.Seed(modelProbability);
            _inputs.Pointer[DecisionInputs + i] = Logistic.Stretch(AdaptiveProbability.Predict(*slot)) - model;
        }
    }

    /// <summary>The match's input; returns its length while it agrees with the decisions so far, else 0.</summary>
    private int AskMatch(int modelProbability, int model)
    {
        _inputs.Pointer[MatchInput] = 0;
        if (_matchToken < 0) return 0;
        int length = _match.Length(_lane), agreement = Agreement(model);
        _matchBit = _matchToken >> _bits - 1 - _depth & 1;
        _matchContext = length * AgreementLevels + (_matchBit == 1 ? agreement : AgreementLevels - 1 - agreement);
        int logit = Logistic.Stretch(_matchMap.Predict(_matchContext));
        _inputs.Pointer[MatchInput] = (_matchBit == 1 ? logit : -logit) - model;
        return length;
    }

    /// <summary>The transformer's logit in levels that go beside the counts of a context.</summary>
    private static int Agreement(int model) => Math.Clamp(model + AgreementLevels / 2 * AgreementStep, 0, AgreementLevels * AgreementStep - 1) / AgreementStep;

    /// <summary>Extends the hash of a context by a token or a node.</summary>
    private static ulong Extend(ulong context, int token) => (context + (uint)token + 1) * 0x9E3779B97F4A7C15ul;

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
