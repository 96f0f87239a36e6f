namespace Compressor.Prediction.Mixing;

/// <summary>
/// Context mixing of bytes: predicts them bit by bit from what the block itself has shown so far, by bit histories in many contexts, two match
/// models, a mixer of two layers and two APMs. A fast one has a third of the contexts, one match model and one APM. Whoever knows more can add
/// inputs of its own: a network and the tokens do so (<see cref="TokenMixingModel"/>). Integer arithmetic throughout (docs/mixing.md).
/// </summary>
/// <remarks>
/// Use: <see cref="Select"/> a lane, then for each bit of its next byte, most significant first, <see cref="Predict"/> and <see cref="Update"/>,
/// or <see cref="Force"/> where bits are known without.
/// </remarks>
internal sealed unsafe class ByteMixingModel : IDisposable
{
    private const int MapLimit = 255, MatchLimit = 255, DirectLimit = 255;
    private const int Rate = 120, OuterRate = 100, FinalRate = 24;

    // In the low bits of a hash, which choose no cache line: so the line can be asked for before it is known whether a token ends.
    private const uint TokenStartFlag = 0x9D;

    private static readonly uint[] MapSeeds = BuildMapSeeds();   // [BitHistory.States]

    private readonly UndoLog? _undo;
    private readonly ByteHistory _history;
    private readonly Lane[] _lanes;
    private readonly ZeroedArray<uint> _followers;
    private readonly int _contextCount, _firstUnflagged, _contextInputs, _matchInputs, _directInputs, _outerSet;
    private readonly MatchModel _long;
    private readonly MatchModel? _short;                // null in a fast model
    private readonly HistoryTable _table;
    private readonly ZeroedArray<uint> _maps;           // [contexts, BitHistory.States] adaptive probabilities
    private readonly AdaptiveMap _longMap, _shortMap;   // [MatchModel.ConfidenceLevels]
    private readonly AdaptiveMap _direct;               // [256, 256] by the last byte and the bits so far
    private readonly Mixer _mixer;
    private readonly Apm _byOne;
    private readonly Apm? _byTwo;                       // null in a fast model
    private readonly int _apmMask;
    private readonly ZeroedArray<int> _inputs;
    private readonly ZeroedArray<nint> _slots, _cells;  // [contexts] pointers
    private readonly ZeroedArray<uint> _hashes;         // [contexts] of the half of the byte in progress
    private uint* _directCell;
    private Lane _lane;
    private int _node = 1, _nibble = 1, _depth, _mixed, _longBit, _shortBit, _longContext, _shortContext = -1;
    private bool _hasSlots, _ignoresMatch;

    /// <param name="shape">Decides the contexts.</param>
    /// <param name="tableBits">log2 of the slots of the table of bit histories; other tables follow it.</param>
    /// <param name="capacity">The most bytes that will be learned in all lanes.</param>
    /// <param name="lanes">Lanes that share the tables.</param>
    /// <param name="outer">Inputs and weights for others; none by default.</param>
    /// <param name="undo">Told of every change of the tables that <see cref="Restore"/> does not copy; null for none.</param>
    public ByteMixingModel(ByteShape shape, int tableBits, int capacity, int lanes = 1, OuterInputs outer = default, UndoLog? undo = null)
    {
        _undo = undo;
        _history = new ByteHistory(lanes, capacity);
        _followers = new ZeroedArray<uint>(shape.Fast ? 1 : ContextHashes.FollowerCount);
        _lanes = new Lane[lanes];
        for (var i = 0; i < lanes; i++)
        {
            _lanes[i] = new Lane(i, new ContextHashes(_history.Bytes + _history.StartOf(i), shape, _followers.Pointer, undo));
            _lanes[i].Contexts.Hash(0, 0, 0);
        }
        _lane = _lanes[0];
        _contextCount = ContextHashes.CountFor(shape);
        _firstUnflagged = shape.Fast ? 1 : 2;
        _contextInputs = outer.Count;
        _matchInputs = _contextInputs + _contextCount;
        _directInputs = _matchInputs + (shape.Fast ? 2 : 4);
        var inputs = (_directInputs + 3 + 15) & ~15;
        _inputs = new ZeroedArray<int>(inputs);
        _inputs.Pointer[inputs - 1] = 256;
        _slots = new ZeroedArray<nint>(_contextCount);
        _cells = new ZeroedArray<nint>(_contextCount);
        _hashes = new ZeroedArray<uint>(_contextCount);
        _long = new MatchModel(_history, shape.Fast ? 6 : 8, Math.Min(tableBits, 20), undo);
        _short = shape.Fast ? null : new MatchModel(_history, 5, Math.Min(tableBits, 18), undo);
        _table = new HistoryTable(tableBits, undo);
        _maps = new ZeroedArray<uint>(_contextCount * BitHistory.States);
        for (var i = 0; i < _contextCount; i++) MapSeeds.CopyTo(_maps.Span.Slice(i * BitHistory.States, BitHistory.States));
        _longMap = new AdaptiveMap(MatchModel.ConfidenceLevels, MatchLimit);
        _shortMap = new AdaptiveMap(MatchModel.ConfidenceLevels, MatchLimit);
        for (var i = 0; i < MatchModel.ConfidenceLevels; i++) *_longMap[i] = *_shortMap[i] = AdaptiveProbability.Seed(Logistic.One * 3 / 4);
        _direct = new AdaptiveMap(1 << 16, DirectLimit);
        var rate = outer.Count > 0 ? OuterRate : Rate;
        List<(int Contexts, int Rate)> sets = [(MatchModel.ConfidenceLevels * 8, rate), (256, rate)];
        if (!shape.Fast) sets.AddRange([(256, rate), (256, rate), (8 * 8, rate)]);
        _outerSet = sets.Count;
        if (outer.Count > 0) sets.Add((outer.Contexts, outer.Rate));
        // Under a network all starts as its probability stands: what is short has no time to learn that it is right.
        _mixer = outer.Count > 0
            ? new Mixer(inputs, [.. sets], 256, FinalRate, 1 << 16, 1 << 11, undo)
            : new Mixer(inputs, [.. sets], 256, FinalRate, 1 << 14, 1 << 14, undo);
        var apmBits = Math.Min(tableBits, 16);
        _apmMask = (1 << apmBits) - 1;
        _byOne = new Apm(1 << apmBits, undo);
        _byTwo = shape.Fast ? null : new Apm(1 << apmBits, undo);
        IsFast = shape.Fast;
    }

    /// <summary>Whether the shape is a fast one.</summary>
    public bool IsFast { get; }

    /// <summary>The outer inputs, to be filled before each <see cref="Predict"/>; the first has most weight at the start.</summary>
    public int* OuterInputs => _inputs.Pointer;

    /// <summary>Bits of the byte in progress.</summary>
    public int Depth => _depth;

    /// <summary>The lane's contexts of the next byte.</summary>
    public uint[] Hashes => _lane.Contexts.Hashes;

    /// <summary>A small context of the lane's next byte, 0 to 255.</summary>
    public int Selector => _lane.Contexts.Selector;

    /// <summary>The long match model, which follows the selected lane.</summary>
    public MatchModel Match => _long;

    /// <summary>The short one; null in a fast model.</summary>
    public MatchModel? ShortMatch => _short;

    private int Place => _history.StartOf(_lane.Index) + _history.CountOf(_lane.Index);

    /// <summary>A lane's bytes so far.</summary>
    public ReadOnlySpan<byte> ContentOf(int lane) => _history.ContentOf(lane);

    /// <summary>Goes to another lane, between bytes.</summary>
    public void Select(int lane)
    {
        if (_lane == _lanes[lane]) return;
        _lane = _lanes[lane];
        _long.Select(lane);
        _short?.Select(lane);
        BeginHalf();
    }

    /// <summary>Makes a lane without bytes go on after what another has.</summary>
    public void Continue(int lane, int from)
    {
        _lanes[lane].Newest = _lanes[from].Newest;
        _lanes[lane].Contexts.Hash(0, _lanes[lane].Newest, 0);
    }

    /// <summary>Tells that a token starts with the lane's next byte.</summary>
    public void StartToken()
    {
        _lane.TokenStarts = true;
        _history.MarkStart(Place);
    }

    /// <summary>Whether a token started at the byte that a match model expects.</summary>
    public bool StartsToken(MatchModel match) => _history.IsStart(match.Place);

    /// <summary>Learns bytes that need not be coded.</summary>
    public void Learn(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            for (var shift = 7; shift >= 0; shift--)
            {
                Predict();
                Update(value >> shift & 1);
            }
        }
    }

    /// <summary>Chooses the outer set's weights for the next <see cref="Predict"/>.</summary>
    public void ChooseOuter(int context) => _mixer.Choose(_outerSet, context);

    /// <summary>The probability, of 2^16, that the next bit is 1; in [1, 2^16 − 1].</summary>
    public int Predict()
    {
        if (!_hasSlots) FindSlots();
        var inputs = _inputs.Pointer;
        int c1 = (int)(_lane.Newest & 255), one = c1 << 8 | _node;
        var seen = AskHistories(inputs + _contextInputs);
        Ask(_long, _longMap, inputs + _matchInputs, out _longBit, out _longContext);
        if (_short is not null) Ask(_short, _shortMap, inputs + _matchInputs + 2, out _shortBit, out _shortContext);
        _directCell = _direct[one];
        _undo?.Keep(_directCell);
        if (AdaptiveProbability.IsNew(*_directCell)) *_directCell = AdaptiveProbability.Seed(Logistic.One / 2);
        var direct = AdaptiveProbability.Predict(*_directCell);
        inputs[_directInputs] = Logistic.Stretch(direct);
        inputs[_directInputs + 1] = direct - Logistic.One / 2 >> 5;

        _mixer.Choose(0, (_longContext < 0 ? 0 : _longContext) * 8 + _depth);
        _mixer.Choose(1, _node);
        if (!IsFast)
        {
            _mixer.Choose(2, c1);
            _mixer.Choose(3, _lane.Contexts.Selector);
            _mixer.Choose(4, seen * 8 + _depth);
        }
        _mixed = _mixer.Mix(inputs, _node);
        var refined = _byOne.Predict(_mixed, one & _apmMask);
        refined += _byTwo is null ? refined : _byTwo.Predict(_mixed, ContextOfTwo & _apmMask);
        return Math.Clamp((2 * Logistic.Squash(_mixed) + refined) >> 2, 1, Logistic.One - 1);
    }

    /// <summary>Learns the bit that was predicted last.</summary>
    public void Update(int bit)
    {
        Advance(bit, true);
        Learn(bit);
    }

    /// <summary>The first half of <see cref="Update"/>: goes on to the next bit, and asks for the memory that it needs.</summary>
    /// <param name="bit">The bit that was predicted last.</param>
    /// <param name="prepare">Whether, if it ends a byte, anything of the next one will be predicted.</param>
    public void Advance(int bit, bool prepare)
    {
        var next = BitHistory.Next;
        nint* slots = _slots.Pointer, cells = _cells.Pointer;
        var nibble = _nibble;
        for (var i = 0; i < _contextCount; i++)
        {
            AdaptiveProbability.Update((uint*)cells[i], bit, MapLimit);
            var history = (byte*)slots[i] + nibble;
            *history = next[2 * *history + bit];
        }
        Take(bit, prepare);
    }

    /// <summary>The second half of <see cref="Update"/>.</summary>
    public void Learn(int bit)
    {
        AdaptiveProbability.Update(_directCell, bit, DirectLimit);
        if (_longContext >= 0) _longMap.Update(_longContext, bit == _longBit ? 1 : 0);
        if (_shortContext >= 0) _shortMap.Update(_shortContext, bit == _shortBit ? 1 : 0);
        _mixer.Update(_inputs.Pointer, bit);
        _byOne.Update(bit);
        _byTwo?.Update(bit);
    }

    /// <summary>Takes bits that are known without a prediction: those of a byte from where it is to a depth.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="depth">Up to 8, which ends the byte.</param>
    /// <param name="prepare">As of <see cref="Advance"/>.</param>
    public void Force(byte value, int depth, bool prepare)
    {
        while (_depth < depth)
        {
            var bit = value >> 7 - _depth & 1;
            if (_depth == 7)
            {
                Take(bit, prepare);
                return;
            }
            // A half of which nothing is predicted needs no slots.
            Take(bit, depth < 8);
        }
    }

    /// <summary>Takes over everything that a model of one lane and of the same parameters but capacity has learned.</summary>
    public void CopyFrom(ByteMixingModel other)
    {
        _history.CopyFrom(other._history);
        _followers.CopyFrom(other._followers);
        _long.CopyFrom(other._long);
        _short?.CopyFrom(other._short!);
        _table.CopyFrom(other._table);
        _direct.CopyFrom(other._direct);
        _mixer.CopyFrom(other._mixer);
        _byOne.CopyFrom(other._byOne);
        _byTwo?.CopyFrom(other._byTwo!);
        CopySmall(other);
    }

    /// <summary>Goes back to the model that was copied, when the undo log has put the tables back. Both are between bytes.</summary>
    public void Restore(ByteMixingModel other)
    {
        _history.GoBackTo(other._history);
        _long.CopyStatesFrom(other._long);
        _short?.CopyStatesFrom(other._short!);
        _mixer.Restore(other._mixer);
        CopySmall(other);
    }

    /// <summary>Takes the next byte as it is: nothing is learned of it but where it is. <see cref="Prepare"/> before the next <see cref="Predict"/>.</summary>
    public void Append(byte value)
    {
        _node = value;
        EndByte(false);
    }

    /// <summary>Leaves the long match out of the byte in progress, which is known to be another than it expects.</summary>
    public void IgnoreMatch() => _ignoresMatch = true;

    /// <summary>Ends a record: the next byte comes after no other but a line end, whatever came before.</summary>
    public void StartRecord()
    {
        _lane.Newest = '\n';
        Prepare();
        BeginHalf();
    }

    public void Dispose()
    {
        _history.Dispose();
        _followers.Dispose();
        _long.Dispose();
        _short?.Dispose();
        _table.Dispose();
        _maps.Dispose();
        _inputs.Dispose();
        _slots.Dispose();
        _cells.Dispose();
        _hashes.Dispose();
        _longMap.Dispose();
        _shortMap.Dispose();
        _direct.Dispose();
        _mixer.Dispose();
        _byOne.Dispose();
        _byTwo?.Dispose();
    }

    private void CopySmall(ByteMixingModel other)
    {
        _maps.CopyFrom(other._maps);
        _longMap.CopyFrom(other._longMap);
        _shortMap.CopyFrom(other._shortMap);
        _lane.Newest = other._lane.Newest;
        _lane.TokenStarts = other._lane.TokenStarts;
        _lane.Contexts.CopyFrom(other._lane.Contexts);
        (_node, _depth) = (1, 0);
        BeginHalf();
    }

    private int ContextOfTwo => (int)((uint)(_lane.Newest & 0xFFFF) * 0x9E3779B1u >> 16) ^ _node * 0x101;

    /// <summary>Goes on by a bit.</summary>
    private void Take(int bit, bool prepare)
    {
        _node = 2 * _node + bit;
        _nibble = 2 * _nibble + bit;
        _depth++;
        if (_depth == 8) EndByte(prepare);
        else if (_depth == 4 && prepare) EndHalf();
        else if (prepare) PrefetchApms();
    }

    private void EndByte(bool prepare)
    {
        var lane = _lane;
        var newest = (byte)_node;
        var count = _history.Append(lane.Index, newest);
        lane.Newest = lane.Newest << 8 | newest;
        lane.TokenStarts = false;
        var place = Place;
        _long.Append(place, count, lane.Newest);
        _short?.Append(place, count, lane.Newest);
        lane.Contexts.Append(count, lane.Newest);
        _node = 1;
        _depth = 0;
        _ignoresMatch = false;
        BeginHalf();
        if (prepare) Prepare();
    }

    /// <summary>Makes the contexts of the lane's next byte and asks for their memory.</summary>
    public void Prepare()
    {
        var lane = _lane;
        var expected = _long.Expected;
        lane.Contexts.Hash(_history.CountOf(lane.Index), lane.Newest, expected < 0 ? 0 : expected + 1 << 5 | _long.Confidence);
        foreach (var hash in lane.Contexts.Hashes) _table.Prefetch(hash);
        PrefetchApms();
    }

    private void PrefetchApms()
    {
        _byOne.Prefetch(((int)(_lane.Newest & 255) << 8 | _node) & _apmMask);
        _byTwo?.Prefetch(ContextOfTwo & _apmMask);
    }

    /// <summary>From the first to the second half of a byte.</summary>
    private void EndHalf()
    {
        uint half = (uint)_nibble * 0x3D4D51CBu, flag = _lane.TokenStarts ? TokenStartFlag : 0;
        var hashes = _lane.Contexts.Hashes;
        for (var i = 0; i < hashes.Length; i++)
        {
            var hash = (hashes[i] ^ (i < _firstUnflagged ? 0 : flag) ^ half) * 0x9E3779B1u;
            _hashes.Pointer[i] = hash ^= hash >> 15;
            _table.Prefetch(hash);
        }
        BeginHalf();
        PrefetchApms();
    }

    private void BeginHalf()
    {
        _nibble = 1;
        _hasSlots = false;
    }

    /// <summary>Finds the slots of the half of the byte in progress.</summary>
    private void FindSlots()
    {
        var slots = _slots.Pointer;
        if (_depth < 4)
        {
            var flag = _lane.TokenStarts ? TokenStartFlag : 0;
            var hashes = _lane.Contexts.Hashes;
            for (var i = 0; i < hashes.Length; i++) slots[i] = (nint)_table.Find(hashes[i] ^ (i < _firstUnflagged ? 0 : flag));
        }
        else
        {
            for (var i = 0; i < _contextCount; i++) slots[i] = (nint)_table.Find(_hashes.Pointer[i]);
        }
        _hasSlots = true;
        if (_nibble == 1) return;

        // The half began with bits that were known. Its first decision shows how much a slot is used, so it learns the first of them.
        var bit = _nibble >> (_depth & 3) - 1 & 1;
        var next = BitHistory.Next;
        for (var i = 0; i < _contextCount; i++)
        {
            var history = (byte*)slots[i] + 1;
            *history = next[2 * *history + bit];
        }
    }

    /// <summary>An input for each context; returns how many of the first five know this place.</summary>
    private int AskHistories(int* inputs)
    {
        var maps = _maps.Pointer;
        nint* slots = _slots.Pointer, cells = _cells.Pointer;
        int nibble = _nibble, seen = 0;
        for (var i = 0; i < _contextCount; i++)
        {
            int state = ((byte*)slots[i])[nibble];
            var cell = maps + i * BitHistory.States + state;
            cells[i] = (nint)cell;
            inputs[i] = Logistic.Stretch(AdaptiveProbability.Predict(*cell));
            if (i < 5) seen += state != 0 ? 1 : 0;
        }
        return seen;
    }

    private void Ask(MatchModel match, AdaptiveMap map, int* inputs, out int bit, out int context)
    {
        int expected = match.Expected, depth = _depth;
        bit = 0;
        context = -1;
        inputs[0] = inputs[1] = 0;
        if (expected < 0 || match == _long && _ignoresMatch || (expected | 256) >> 8 - depth != _node) return;
        bit = expected >> 7 - depth & 1;
        context = match.Confidence;
        int p = AdaptiveProbability.Predict(*map[context]), logit = Logistic.Stretch(p), linear = p - Logistic.One / 2 >> 5;
        inputs[0] = bit == 1 ? logit : -logit;
        inputs[1] = bit == 1 ? linear : -linear;
    }

    private static uint[] BuildMapSeeds()
    {
        var seeds = new uint[BitHistory.States];
        for (var state = 0; state < seeds.Length; state++)
        {
            var (zeros, ones) = BitHistory.Counts(state);
            seeds[state] = AdaptiveProbability.Seed((int)((3L * ones + 1) * Logistic.One / (3 * (zeros + ones) + 2)));
        }
        return seeds;
    }

    /// <summary>What is a lane's own.</summary>
    private sealed class Lane(int index, ContextHashes contexts)
    {
        public int Index => index;

        public ContextHashes Contexts => contexts;

        /// <summary>The last eight bytes, the newest lowest.</summary>
        public ulong Newest { get; set; }

        /// <summary>Whether a token starts with the next byte.</summary>
        public bool TokenStarts { get; set; }
    }
}

/// <summary>Room in a mixer for the inputs of others.</summary>
/// <param name="Count">Inputs.</param>
/// <param name="Contexts">How many contexts choose the weights of a set of theirs.</param>
/// <param name="Rate">The learning rate of that set; see <see cref="Mixer"/>.</param>
internal readonly record struct OuterInputs(int Count, int Contexts, int Rate);
