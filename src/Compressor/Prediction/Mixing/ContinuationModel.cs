using System.Runtime.Intrinsics.X86;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// Predicts whether a token goes on where the bytes so far are a token themselves: what the tokens and bytes before it make of that, mixed with
/// what the network says. It is a small context-mixing model beside that of the bytes, and reads its contexts.
/// </summary>
internal sealed unsafe class ContinuationModel : IDisposable
{
    private const int Contexts = 8, Inputs = 32;
    private const int SlotInputs = 1, MatchInputs = 9, RefinedInputs = 11, SuccessorInputs = 13;
    private const int MatchLevels = 3 * MatchModel.ConfidenceLevels, LogitLevels = 24, PositionLevels = 4, AgreementLevels = 12;
    private const int SlotLimit = 120, MapLimit = 255, Rate = 128, TokenRate = 384, FinalRate = 16;
    private const int RefinedByTokenBits = 16;

    private readonly ByteMixingModel _bytes;
    private readonly SuccessorModel _successors;
    private readonly ZeroedArray<uint> _slots;          // [2^bits] adaptive probabilities by hash of a context
    private readonly uint*[] _cells = new uint*[Contexts];
    private readonly int _shift, _refinedShift;
    private readonly AdaptiveMap _longMap, _shortMap;   // [ConfidenceLevels, AgreementLevels]
    private readonly Mixer _mixer;
    private readonly Apm _byPrefix, _byMatch, _refinedByPrefix, _refinedByToken;
    private readonly ZeroedArray<int> _inputs = new(Inputs);
    private readonly uint[] _hashes = new uint[Contexts];
    private int _longContext, _longBit, _shortContext, _shortBit;

    /// <param name="vocabularySize">Tokens.</param>
    /// <param name="slotBits">log2 of the slots.</param>
    /// <param name="bytes">Has the contexts of bytes and their matches.</param>
    /// <param name="successors">Has the last tokens and what followed them.</param>
    public ContinuationModel(int vocabularySize, int slotBits, ByteMixingModel bytes, SuccessorModel successors)
    {
        _bytes = bytes;
        _successors = successors;
        _shift = 32 - slotBits;
        _slots = new ZeroedArray<uint>(1L << slotBits);
        _longMap = NewMatchMap();
        _shortMap = NewMatchMap();
        (int, int)[] sets =
        [
            (vocabularySize, Rate), (MatchLevels, Rate), (LogitLevels * PositionLevels, Rate), (256, Rate), (vocabularySize + 1, TokenRate), (7 * 6 * 3, Rate),
        ];
        _mixer = new Mixer(Inputs, sets, MatchLevels / 4, FinalRate, 1 << 16, 1 << 11);
        _byPrefix = new Apm(vocabularySize);
        _byMatch = new Apm(MatchLevels);
        _refinedByPrefix = new Apm(vocabularySize);
        var refinedBits = Math.Min(slotBits, RefinedByTokenBits);
        _refinedByToken = new Apm(1 << refinedBits);
        _refinedShift = 32 - refinedBits;
        _inputs.Pointer[Inputs - 1] = 256;
    }

    /// <summary>Makes the contexts of a decision, and asks for their memory.</summary>
    /// <param name="prefix">The rank of the bytes so far.</param>
    public void Prepare(int prefix)
    {
        var bytes = _bytes.Hashes;
        var tokens = _successors.Recent;
        var match = _bytes.Match;
        var expected = match.Expected;
        var fast = _bytes.IsFast;
        ulong h = Extend(1, prefix), h1 = Extend(h, tokens[0]), h2 = Extend(h1, tokens[1]);
        _hashes[0] = Spread(h1);
        _hashes[1] = Spread(h2);
        _hashes[2] = Spread(Extend(h2, tokens[2]));
        _hashes[3] = Spread(Extend(Extend(h + 1, expected), expected < 0 ? 0 : match.Confidence >> 2));
        _hashes[4] = Spread(Extend(h + 2, (int)bytes[fast ? 4 : 9]));    // the word
        _hashes[5] = Spread(Extend(h + 3, (int)bytes[fast ? 5 : 10]));   // the word and the one before; what is above
        _hashes[6] = Spread(bytes[fast ? 2 : 3]);                        // four bytes
        _hashes[7] = Spread(bytes[fast ? 3 : 4]);                        // six bytes
        for (var i = 0; i < Contexts; i++)
        {
            _cells[i] = _slots.Pointer + (_hashes[i] >> _shift);
            if (Sse.IsSupported) Sse.Prefetch0(_cells[i]);
        }
    }

    /// <summary>The probability, of 2^16, that the token goes on; in [1, 2^16 − 1].</summary>
    /// <param name="prefix">As of <see cref="Prepare"/>.</param>
    /// <param name="position">Bytes of the token so far.</param>
    /// <param name="network">The network's probability.</param>
    public int Predict(int prefix, int position, int network)
    {
        var x = _inputs.Pointer;
        int logit = Logistic.Stretch(network), agreement = SuccessorModel.Agreement(logit);
        x[0] = logit;
        for (var i = 0; i < Contexts; i++)
        {
            var cell = _cells[i];
            if (AdaptiveProbability.IsNew(*cell)) *cell = AdaptiveProbability.Seed(network);
            x[SlotInputs + i] = Logistic.Stretch(AdaptiveProbability.Predict(*cell)) - logit;
        }
        Ask(_bytes.Match, _longMap, agreement, logit, x + MatchInputs, out _longContext, out _longBit);
        Ask(_bytes.ShortMatch, _shortMap, agreement, logit, x + MatchInputs + 1, out _shortContext, out _shortBit);
        x[RefinedInputs] = Logistic.Stretch(_refinedByPrefix.Predict(logit, prefix)) - logit;
        x[RefinedInputs + 1] = Logistic.Stretch(_refinedByToken.Predict(logit, (int)(_hashes[0] >> _refinedShift))) - logit;
        _successors.Ask(1, prefix + 1, network, logit, x + SuccessorInputs);

        var match = _longContext < 0 ? 0 : (1 + _longBit) * MatchModel.ConfidenceLevels + _bytes.Match.Confidence;
        _mixer.Choose(0, prefix);
        _mixer.Choose(1, match);
        _mixer.Choose(2, (logit + 12 * 256 >> 8) * PositionLevels + Math.Min(position, PositionLevels) - 1);
        _mixer.Choose(3, _bytes.Selector);
        _mixer.Choose(4, _successors.Recent[0] + 1);
        _mixer.Choose(5, (_successors.Active * 6 + _successors.Longest) * 3 + 1 + _successors.MatchBit);
        var mixed = _mixer.Mix(x, match >> 2);
        var refined = _byPrefix.Predict(mixed, prefix) + _byMatch.Predict(mixed, match);
        return Math.Clamp((2 * Logistic.Squash(mixed) + refined) >> 2, 1, Logistic.One - 1);
    }

    /// <summary>Learns the decision that was predicted last.</summary>
    public void Update(int bit)
    {
        _successors.Update(bit);
        foreach (uint* cell in _cells) AdaptiveProbability.Update(cell, bit, SlotLimit);
        if (_longContext >= 0) _longMap.Update(_longContext, bit == _longBit ? 1 : 0);
        if (_shortContext >= 0) _shortMap.Update(_shortContext, bit == _shortBit ? 1 : 0);
        _mixer.Update(_inputs.Pointer, bit);
        _byPrefix.Update(bit);
        _byMatch.Update(bit);
        _refinedByPrefix.Update(bit);
        _refinedByToken.Update(bit);
    }

    public void Dispose()
    {
        _slots.Dispose();
        _longMap.Dispose();
        _shortMap.Dispose();
        _mixer.Dispose();
        _byPrefix.Dispose();
        _byMatch.Dispose();
        _refinedByPrefix.Dispose();
        _refinedByToken.Dispose();
        _inputs.Dispose();
    }

    /// <summary>Whether a token started, where the match has what comes next.</summary>
    private void Ask(MatchModel? match, AdaptiveMap map, int agreement, int logit, int* input, out int context, out int bit)
    {
        context = -1;
        bit = 0;
        *input = 0;
        if (match is null || match.Length == 0) return;
        bit = _bytes.StartsToken(match) ? 0 : 1;
        context = match.Confidence * AgreementLevels + (bit == 1 ? agreement : AgreementLevels - 1 - agreement);
        var said = Logistic.Stretch(map.Predict(context));
        *input = (bit == 1 ? said : -said) - logit;
    }

    private static ulong Extend(ulong context, int value) => (context + (uint)value + 1) * 0x9E3779B97F4A7C15ul;

    private static uint Spread(ulong hash) => (uint)((hash ^ hash >> 32) * 0xD6E8FEB86659FD93ul >> 32);

    private static AdaptiveMap NewMatchMap()
    {
        var map = new AdaptiveMap(MatchModel.ConfidenceLevels * AgreementLevels, MapLimit);
        for (var i = 0; i < MatchModel.ConfidenceLevels * AgreementLevels; i++) *map[i] = AdaptiveProbability.Seed(Logistic.One * 7 / 8);
        return map;
    }
}
