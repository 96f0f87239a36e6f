namespace Compressor.Prediction.Mixing;

/// <summary>
/// Adaptive prediction of bytes from the block itself, bit by bit, without any model: bit histories in many contexts, two matches, a
/// mixer of two layers and a final refinement. A lean one has a third of the contexts, one match and one refinement. Integer arithmetic
/// throughout.
/// </summary>
/// <remarks>Use: for each bit, most significant first, <see cref="Predict"/> and <see cref="Update"/>.</remarks>
internal sealed unsafe class ByteMemory : IDisposable
{
    private const int MapLimit = 255, MatchLimit = 255, DirectLimit = 255;
    private const int MatchLevels = 32, Rate = 120;

    private readonly ZeroedArray<byte> _history;
    private readonly ByteContexts _contexts;
    private readonly int _contextCount, _directInputs, _inputCount;
    private readonly bool _lean;
    private readonly ByteMatch _long;
    private readonly ByteMatch? _short;                // null in a lean memory
    private readonly HistoryTable _table;
    private readonly ZeroedArray<uint> _maps;          // [contexts, BitHistory.States] adaptive probabilities
    private readonly ZeroedArray<int> _buffers;        // [2, inputs] of this bit and the last
    private readonly AdaptiveMap _longMap, _shortMap;  // [MatchLevels, 2]
    private readonly AdaptiveMap _direct;              // [256, 256] by the last byte and the bits so far
    private readonly LayeredMixer _mixer;
    private readonly Refinement _byOne;
    private readonly Refinement? _byTwo;               // null in a lean memory
    private readonly ZeroedArray<nint> _slots, _cells;   // [contexts] pointers
    private readonly ZeroedArray<uint> _hashes;        // [contexts]
    private int* _inputs;
    private uint* _directCell;
    private int _count, _node = 1, _nibble = 1, _depth, _seen, _one, _two, _mixed, _longBit, _shortBit, _longContext, _shortContext = -1;
    private ulong _newest;

    /// <param name="capacity">The most bytes that will be learned.</param>
    /// <param name="shape">Decides the contexts.</param>
    /// <param name="tableBits">log2 of the slots of the table of bit histories.</param>
    public ByteMemory(int capacity, ByteShape shape, int tableBits)
    {
        _history = new ZeroedArray<byte>(capacity + 8);
        _contexts = new ByteContexts(_history.Pointer, shape);
        _lean = shape.Lean;
        _contextCount = _contexts.Count;
        _directInputs = _contextCount + (_lean ? 2 : 4);
        _inputCount = _lean ? 16 : 32;
        _buffers = new ZeroedArray<int>(2 * _inputCount);
        _slots = new ZeroedArray<nint>(_contextCount);
        _cells = new ZeroedArray<nint>(_contextCount);
        _hashes = new ZeroedArray<uint>(_contextCount);
        _long = new ByteMatch(_history.Pointer, _lean ? 6 : 8, Math.Min(tableBits, 20));
        _short = _lean ? null : new ByteMatch(_history.Pointer, 5, Math.Min(tableBits, 18));
        _table = new HistoryTable(tableBits);
        _maps = new ZeroedArray<uint>(_contextCount * BitHistory.States);
        for (int i = 0; i < _contextCount * BitHistory.States; i++)
        {
            (int zeros, int ones) = BitHistory.Counts(i % BitHistory.States);
            _maps.Pointer[i] = AdaptiveProbability.Seed((int)((3L * ones + 1) * Logistic.One / (3 * (zeros + ones) + 2)));
        }
        _longMap = new AdaptiveMap(MatchLevels, MatchLimit);
        _shortMap = new AdaptiveMap(MatchLevels, MatchLimit);
        for (int i = 0; i < MatchLevels; i++) *_longMap[i] = *_shortMap[i] = AdaptiveProbability.Seed(Logistic.One * 3 / 4);
        _direct = new AdaptiveMap(1 << 16, DirectLimit);
        int[] sets = _lean ? [MatchLevels * 8, 256] : [MatchLevels * 8, 256, 256, 256, 8 * 8];
        int[] rates = new int[sets.Length];
        rates.AsSpan().Fill(Rate);
        _mixer = new LayeredMixer(_inputCount, sets, 256, 1 << 14, 1 << 14, rates, 24);
        _byOne = new Refinement(1 << 16);
        _byTwo = _lean ? null : new Refinement(1 << 16);
        _inputs = _buffers.Pointer;
        _inputs[_inputCount - 1] = _inputs[2 * _inputCount - 1] = 256;
        BeginByte();
        FindSlots();
        Select();
    }

    /// <summary>The bytes so far.</summary>
    public ReadOnlySpan<byte> Content => new(_history.Pointer, _count);

    /// <summary>Learns bytes that need not be coded.</summary>
    public void Learn(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            for (int shift = 7; shift >= 0; shift--)
            {
                Predict();
                Update(value >> shift & 1);
            }
        }
    }

    /// <summary>The probability, of 2^16, that the next bit is 1; in [1, 2^16 − 1].</summary>
    public int Predict()
    {
        int* inputs = _inputs;
        AskMatch(_long, _longMap, inputs + _contextCount, out _longBit, out _longContext);
        if (_short is not null) AskMatch(_short, _shortMap, inputs + _contextCount + 2, out _shortBit, out _shortContext);
        int direct = AdaptiveProbability.Predict(*_directCell);
        inputs[_directInputs] = Logistic.Stretch(direct);
        inputs[_directInputs + 1] = direct - Logistic.One / 2 >> 5;
        _mixer.Choose(0, (_longContext < 0 ? 0 : _longContext) * 8 + _depth);
        _mixed = _mixer.Mix(inputs, _node);
        int refined = _byOne.Predict(_mixed, _one);
        refined += _byTwo is null ? refined : _byTwo.Predict(_mixed, _two);
        return Math.Clamp((2 * Logistic.Squash(_mixed) + refined) >> 2, 1, Logistic.One - 1);
    }

    /// <summary>Learns the bit that was predicted last.</summary>
    public void Update(int bit)
    {
        int* learned = _inputs;
        _inputs = learned == _buffers.Pointer ? _buffers.Pointer + _inputCount : _buffers.Pointer;
        byte* next = BitHistory.Next;
        nint* slots = _slots.Pointer, cells = _cells.Pointer;
        int nibble = _nibble;
        for (int i = 0; i < _contextCount; i++)
        {
            AdaptiveProbability.Update((uint*)cells[i], bit, MapLimit);
            byte* history = (byte*)slots[i] + nibble;
            *history = next[2 * *history + bit];
        }
        _node = 2 * _node + bit;
        _nibble = 2 * nibble + bit;
        _depth++;
        // What the next bit needs comes first: it arrives while the mixer learns this one.
        bool byteEnds = _node >= 256, nibbleEnds = _nibble >= 16;
        if (byteEnds) EndByte();
        else if (nibbleEnds) EndNibble();
        else AskHistories();
        AdaptiveProbability.Update(_directCell, bit, DirectLimit);
        if (_longContext >= 0) _longMap.Update(_longContext, bit == _longBit ? 1 : 0);
        if (_shortContext >= 0) _shortMap.Update(_shortContext, bit == _shortBit ? 1 : 0);
        _mixer.Update(learned, bit);
        _byOne.Update(bit);
        _byTwo?.Update(bit);
        if (nibbleEnds) FindSlots();
        Select();
    }

    public void Dispose()
    {
        _history.Dispose();
        _long.Dispose();
        _short?.Dispose();
        _table.Dispose();
        _maps.Dispose();
        _buffers.Dispose();
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

    /// <summary>An input for each context; returns by way of <see cref="_seen"/> how many of the first five know this place.</summary>
    private void AskHistories()
    {
        int* inputs = _inputs;
        uint* maps = _maps.Pointer;
        nint* slots = _slots.Pointer, cells = _cells.Pointer;
        int nibble = _nibble, seen = 0;
        for (int i = 0; i < _contextCount; i++)
        {
            int state = ((byte*)slots[i])[nibble];
            uint* cell = maps + i * BitHistory.States + state;
            cells[i] = (nint)cell;
            inputs[i] = Logistic.Stretch(AdaptiveProbability.Predict(*cell));
            if (i < 5) seen += state != 0 ? 1 : 0;
        }
        _seen = seen;
    }

    /// <summary>Chooses what predicts the next bit, as far as it does not hang on the matches.</summary>
    private void Select()
    {
        int c1 = (int)(_newest & 255);
        _one = c1 << 8 | _node;
        _two = (int)((uint)(_newest & 0xFFFF) * 0x9E3779B1u >> 16) ^ _node * 0x101;
        _byOne.Prefetch(_one);
        _byTwo?.Prefetch(_two);
        _directCell = _direct[_one];
        if (AdaptiveProbability.IsNew(*_directCell)) *_directCell = AdaptiveProbability.Seed(Logistic.One / 2);
        _mixer.Choose(1, _node);
        if (_lean) return;
        _mixer.Choose(2, c1);
        _mixer.Choose(3, _contexts.Selector);
        _mixer.Choose(4, _seen * 8 + _depth);
    }

    private void AskMatch(ByteMatch match, AdaptiveMap map, int* inputs, out int bit, out int context)
    {
        int expected = match.Expected, depth = _depth;
        bit = 0;
        context = -1;
        inputs[0] = inputs[1] = 0;
        if (expected < 0 || (expected | 256) >> 8 - depth != _node) return;
        bit = expected >> 7 - depth & 1;
        context = match.Trust;
        int p = AdaptiveProbability.Predict(*map[context]), logit = Logistic.Stretch(p), linear = p - Logistic.One / 2 >> 5;
        inputs[0] = bit == 1 ? logit : -logit;
        inputs[1] = bit == 1 ? linear : -linear;
    }

    private void EndByte()
    {
        byte newest = (byte)_node;
        _history.Pointer[_count++] = newest;
        _newest = _newest << 8 | newest;
        _node = 1;
        _depth = 0;
        _long.Append(_count, _newest);
        _short?.Append(_count, _newest);
        BeginByte();
    }

    private void BeginByte()
    {
        int expected = _long.Expected;
        _contexts.Update(_count, _newest, expected < 0 ? 0 : expected + 1 << 5 | _long.Trust);
        for (int i = 0; i < _contextCount; i++)
        {
            _hashes.Pointer[i] = _contexts.Hashes[i];
            _table.Prefetch(_contexts.Hashes[i]);
        }
    }

    private void EndNibble()
    {
        uint half = (uint)_nibble * 0x3D4D51CBu;
        for (int i = 0; i < _contextCount; i++)
        {
            uint hash = (_contexts.Hashes[i] ^ half) * 0x9E3779B1u;
            _hashes.Pointer[i] = hash ^= hash >> 15;
            _table.Prefetch(hash);
        }
    }

    private void FindSlots()
    {
        _nibble = 1;
        for (int i = 0; i < _contextCount; i++) _slots.Pointer[i] = (nint)_table.Find(_hashes.Pointer[i]);
        AskHistories();
    }
}
