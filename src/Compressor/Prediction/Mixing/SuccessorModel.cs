using System.Runtime.Intrinsics;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// What followed the last few tokens of a lane before, and what followed the longest match of tokens, as inputs for decisions on the way to
/// the next token: tokens are ranks, so those that a decision divides off are a range.
/// </summary>
internal sealed unsafe class SuccessorModel : IDisposable
{
    /// <summary>Inputs of a decision.</summary>
    public const int InputCount = 2 * Orders + 1;

    private const int Orders = 6;                    // contexts: 1, 2, 3, 4 and 6 tokens, and one that skips the newest
    private const int CountLevels = 10;              // a count is told apart by this many levels
    private const int AgreementLevels = 12;          // of the network's logit, beside the counts
    private const int AgreementStep = 320;           // logit units
    private const int MatchLevels = TokenMatchModel.MaxLength + 1;
    private const int MapLimit = 255;

    private readonly bool _wide;                     // tokens have more than 16 bits
    private readonly SuccessorTable _table;
    private readonly TokenMatchModel _match;
    private readonly AdaptiveMap[] _orderMaps;       // by kind of decision: [Orders, CountLevels, CountLevels, AgreementLevels]
    private readonly AdaptiveMap[] _matchMaps;       // the same: [MatchLevels, AgreementLevels]
    private readonly int[][] _recent;                // [lanes][Orders] ranks, newest first; −1 for none
    private readonly ulong[][] _hashes;              // [lanes][Orders] of the contexts of the next token

    // The token in progress.
    private readonly ushort*[] _lines = new ushort*[Orders];
    private readonly Vector256<ushort>[] _tokens = new Vector256<ushort>[Orders];   // successors
    private readonly Vector256<ushort>[] _highs = new Vector256<ushort>[Orders];    // their bits above the low 16, if tokens have such
    private readonly Vector256<ushort>[] _counts = new Vector256<ushort>[Orders];   // their counts, 0 where the decisions so far exclude them
    private readonly Vector256<ushort>[] _ones = new Vector256<ushort>[Orders];     // those that would make the next decision a 1
    private readonly int[] _totals = new int[Orders], _oneTotals = new int[Orders], _contexts = new int[Orders];
    private int _lane, _kind, _matchToken, _matchContext;

    /// <param name="lanes">Lanes that share the tables.</param>
    /// <param name="tokens">The most tokens of a lane.</param>
    /// <param name="lineBits">log2 of the lines of the table.</param>
    /// <param name="vocabularySize">Ranks.</param>
    public SuccessorModel(int lanes, int tokens, int lineBits, int vocabularySize)
    {
        _wide = vocabularySize > 1 << 16;
        _table = new SuccessorTable(lineBits, _wide);
        _match = new TokenMatchModel(lanes, tokens, lineBits);
        _orderMaps = [NewOrderMap(), NewOrderMap()];
        _matchMaps = [NewMatchMap(), NewMatchMap()];
        _recent = new int[lanes][];
        _hashes = new ulong[lanes][];
        for (var i = 0; i < lanes; i++)
        {
            _recent[i] = new int[Orders];
            _recent[i].AsSpan().Fill(-1);
            _hashes[i] = new ulong[Orders];
            HashContexts(i);
        }
    }

    /// <summary>The last tokens of the lane, newest first; −1 where there is none.</summary>
    public ReadOnlySpan<int> Recent => _recent[_lane];

    /// <summary>How many contexts know successors of the decisions so far.</summary>
    public int Active { get; private set; }

    /// <summary>The longest of the first five of them, counted from 1; 0 for none.</summary>
    public int Longest { get; private set; }

    /// <summary>How the match's token would have the decision go; −1 without one.</summary>
    public int MatchBit { get; private set; }

    /// <summary>Starts the next token of a lane.</summary>
    public void Begin(int lane)
    {
        _lane = lane;
        var hashes = _hashes[lane];
        for (var o = 0; o < Orders; o++)
        {
            var line = _table.Find(Spread(hashes[o]));
            _lines[o] = line;
            _tokens[o] = Vector256.Load(line);
            if (_wide) _highs[o] = Vector256.Load(_table.HighsOf(line));
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

    /// <summary>Gives the inputs of a decision, as differences from the network's logit.</summary>
    /// <param name="kind">0 for a bit, 1 for whether the token goes on: they are learned apart.</param>
    /// <param name="middle">A 1 leaves the ranks from here on.</param>
    /// <param name="network">The network's probability of a 1.</param>
    /// <param name="logit">Its logit.</param>
    /// <param name="inputs">[<see cref="InputCount"/>] receives them.</param>
    public void Ask(int kind, int middle, int network, int logit, int* inputs)
    {
        _kind = kind;
        int agreement = Agreement(logit), active = 0, longest = 0;
        var map = _orderMaps[kind];
        Vector256<ushort> first = Vector256.Create((ushort)middle), firstHigh = Vector256.Create((ushort)(middle >> 16));
        for (var o = 0; o < Orders; o++)
        {
            inputs[o] = inputs[Orders + o] = 0;
            if (_totals[o] == 0) continue;
            active++;
            if (o < Orders - 1) longest = o + 1;
            var fromMiddle = Vector256.GreaterThanOrEqual(_tokens[o], first);
            if (_wide) fromMiddle = fromMiddle & Vector256.Equals(_highs[o], firstHigh) | Vector256.GreaterThan(_highs[o], firstHigh);
            var ones = _ones[o] = _counts[o] & fromMiddle;
            int n1 = Vector256.Sum(ones), n0 = _totals[o] - n1;
            _oneTotals[o] = n1;
            var context = _contexts[o] = ((o * CountLevels + Level(n0)) * CountLevels + Level(n1)) * AgreementLevels + agreement;
            // What such counts have meant, and the counts with the network as half an observation.
            inputs[o] = Logistic.Stretch(map.Predict(context)) - logit;
            inputs[Orders + o] = Logistic.Stretch((n1 * 2 * Logistic.One + network) / (2 * (n0 + n1) + 1)) - logit;
        }
        Active = active;
        Longest = longest;
        MatchBit = -1;
        inputs[2 * Orders] = 0;
        if (_matchToken < 0) return;
        MatchBit = _matchToken >= middle ? 1 : 0;
        _matchContext = _match.Length(_lane) * AgreementLevels + (MatchBit == 1 ? agreement : AgreementLevels - 1 - agreement);
        var match = Logistic.Stretch(_matchMaps[kind].Predict(_matchContext));
        inputs[2 * Orders] = (MatchBit == 1 ? match : -match) - logit;
    }

    /// <summary>Learns the decision that was asked about last.</summary>
    public void Update(int bit)
    {
        for (var o = 0; o < Orders; o++)
        {
            if (_totals[o] == 0) continue;
            _orderMaps[_kind].Update(_contexts[o], bit);
            _counts[o] = bit == 1 ? _ones[o] : _counts[o] ^ _ones[o];
            _totals[o] = bit == 1 ? _oneTotals[o] : _totals[o] - _oneTotals[o];
        }
        if (MatchBit < 0) return;
        _matchMaps[_kind].Update(_matchContext, bit == MatchBit ? 1 : 0);
        if (bit != MatchBit) _matchToken = -1;
    }

    /// <summary>Learns the finished token, and asks for the memory that the lane's next one needs.</summary>
    public void End(int rank)
    {
        foreach (ushort* line in _lines) _table.Update(line, rank);
        _match.Append(_lane, rank);
        var recent = _recent[_lane];
        recent.AsSpan(0, recent.Length - 1).CopyTo(recent.AsSpan(1));
        recent[0] = rank;
        HashContexts(_lane);
        foreach (var hash in _hashes[_lane]) _table.Prefetch(Spread(hash));
    }

    public void Dispose()
    {
        _table.Dispose();
        _match.Dispose();
        foreach (var map in _orderMaps) map.Dispose();
        foreach (var map in _matchMaps) map.Dispose();
    }

    /// <summary>The network's logit in levels.</summary>
    public static int Agreement(int logit) => Math.Clamp(logit + AgreementLevels / 2 * AgreementStep, 0, AgreementLevels * AgreementStep - 1) / AgreementStep;

    /// <summary>The contexts of a lane's next token.</summary>
    private void HashContexts(int lane)
    {
        var r = _recent[lane];
        var hashes = _hashes[lane];
        hashes[0] = Extend(1, r[0]);
        hashes[1] = Extend(hashes[0], r[1]);
        hashes[2] = Extend(hashes[1], r[2]);
        hashes[3] = Extend(hashes[2], r[3]);
        hashes[4] = Extend(Extend(hashes[3], r[4]), r[5]);
        hashes[5] = Extend(Extend(2, r[1]), r[2]);
    }

    /// <summary>Extends the hash of a context by a token.</summary>
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

    private static AdaptiveMap NewOrderMap()
    {
        // Counts n0 and n1 say (n1 + ½) / (n0 + n1 + 1) until the map knows better.
        var map = new AdaptiveMap(Orders * CountLevels * CountLevels * AgreementLevels, MapLimit);
        for (var i = 0; i < Orders * CountLevels * CountLevels * AgreementLevels; i++)
        {
            int n1 = i / AgreementLevels % CountLevels, n0 = i / AgreementLevels / CountLevels % CountLevels;
            *map[i] = AdaptiveProbability.Seed((2 * n1 + 1) * Logistic.One / (2 * (n0 + n1) + 2));
        }
        return map;
    }

    private static AdaptiveMap NewMatchMap()
    {
        var map = new AdaptiveMap(MatchLevels * AgreementLevels, MapLimit);
        for (var i = 0; i < MatchLevels * AgreementLevels; i++) *map[i] = AdaptiveProbability.Seed(Logistic.One / 2);
        return map;
    }
}
