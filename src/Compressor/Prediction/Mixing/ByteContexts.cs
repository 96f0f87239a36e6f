namespace Compressor.Prediction.Mixing;

/// <summary>The contexts of the next byte, as hashes.</summary>
internal sealed unsafe class ByteContexts
{
    private const int Many = 18, Few = 6;

    private readonly byte* _history;
    private readonly ByteProfile _profile;
    private readonly int _stride;
    private readonly bool _lean;
    private readonly uint[] _followers, _followersOfOne;   // by two bytes, by one: those that followed last; not of a lean shape
    private uint _word, _previousWord, _shape, _field, _line, _quoted, _number;
    private int _lineStart, _previousLine, _column;

    public ByteContexts(byte* history, ByteShape shape)
    {
        _history = history;
        _profile = shape.Profile;
        _stride = shape.Stride;
        _lean = shape.Lean;
        Hashes = new uint[_lean ? Few : Many];
        _followers = _lean ? [] : new uint[1 << 16];
        _followersOfOne = _lean ? [] : new uint[256];
    }

    /// <summary>How many contexts there are: 18, or 6 of a lean shape.</summary>
    public int Count => Hashes.Length;

    /// <summary>[Count] hashes, well mixed.</summary>
    public uint[] Hashes { get; }

    /// <summary>A small context for a set of mixer weights, 0 to 255.</summary>
    public int Selector { get; private set; }

    /// <summary>Takes in the newest byte and makes the hashes for the next.</summary>
    /// <param name="count">Bytes so far, at least 1.</param>
    /// <param name="newest">The last eight, the newest lowest.</param>
    /// <param name="expected">The byte that a match expects and how much it is to be trusted; 0 without a match.</param>
    public void Update(int count, ulong newest, int expected)
    {
        if (_lean)
        {
            UpdateLean(count, newest);
            return;
        }
        uint c1 = (byte)newest, c2 = (byte)(newest >> 8), c3 = (byte)(newest >> 16);
        ref uint followers = ref _followers[(c3 << 8) | c2];
        followers = followers << 8 | c1;
        ref uint followersOfOne = ref _followersOfOne[c2];
        followersOfOne = followersOfOne << 8 | c1;
        uint indirect = _followers[(c2 << 8) | c1], indirectOfOne = _followersOfOne[c1];
        Set(0, c1);
        Set(1, newest & 0xFFFF);
        Set(2, newest & 0xFFFFFF);
        Set(3, newest & 0xFFFFFFFF);
        Set(4, newest & 0xFFFFFFFFFFFF);
        Set(5, (uint)expected);
        Set(6, (ulong)(indirect & 0xFFFF) << 16 | c1);
        switch (_profile)
        {
            case ByteProfile.Text:
                UpdateText(count, newest, c1, indirectOfOne);
                break;
            case ByteProfile.Binary:
                UpdateBinary(count, newest, c1, indirectOfOne);
                break;
            default:
                UpdateBitmap(count, newest, c1);
                break;
        }
    }

    /// <summary>The last byte alone is not among these: it has a map of its own (<see cref="ByteMemory"/>).</summary>
    private void UpdateLean(int count, ulong newest)
    {
        uint c1 = (byte)newest;
        int s = _stride;
        Set(0, newest & 0xFFFF);
        Set(1, newest & 0xFFFFFF);
        switch (_profile)
        {
            case ByteProfile.Text:
                TakeIntoWord(c1);
                uint above = TakeIntoLine(count, c1);
                Set(2, newest & 0xFFFFFFFF);
                Set(3, newest & 0xFFFFFFFFFFFF);
                Set(4, (ulong)_word << 8 | c1);
                Set(5, (ulong)above << 16 | newest & 0xFFFF);
                break;
            case ByteProfile.Binary:
                uint column = s == 0 ? (uint)count & 3 : (uint)(count % s), n = s == 0 ? (byte)(newest >> 24) : At(count - s);
                Set(2, newest & 0xFFFFFFFF);
                Set(3, newest & 0xFFFF00);
                Set(4, (ulong)n << 8 | c1 | (ulong)column << 32);
                Set(5, (ulong)column << 32 | n);
                break;
            default:
                uint up = At(count - s), upUp = At(count - 2 * s), nw = At(count - s - 1), ne = At(count - s + 1);
                Set(2, up | upUp << 8 | At(count - 3 * s) << 16);
                Set(3, up | ne << 8 | nw << 16 | c1 << 24);
                Set(4, up | upUp << 8 | c1 << 16);
                Set(5, up | (nw & 15) << 8 | (ne & 0xF0) << 12 | (c1 & 15) << 20);
                break;
        }
    }

    private void UpdateText(int count, ulong newest, uint c1, uint indirectOfOne)
    {
        bool letter = TakeIntoWord(c1), digit = c1 - '0' < 10;
        _number = digit ? _number * 8 + 1 : c1 == '.' || c1 == '-' ? _number * 8 + 2 : 0;
        // Runs of letters and of digits are one character each: the shape of what came before.
        uint kind = letter ? 'a' : digit ? '0' : c1;
        if (!letter || (_shape & 255) != 'a') _shape = _shape << 8 | kind;
        _field = c1 switch
        {
            '"' or ',' or '\t' or ':' or '{' or '[' or '<' or '>' or '|' or ';' => (_field + c1) * 0x2C1B3C6Du,
            '\n' => 0,
            _ => _field,
        };
        // The last name in quotes that was followed by a colon, or the last name of an element.
        if (c1 is '"' or '<' or '>' or '=') _quoted = 0;
        else _quoted = (_quoted + c1 + 1) * 0x3D4D51CBu;
        if (c1 == ':' || c1 == '=') _line = _previousWord;
        uint above = TakeIntoLine(count, c1);
        Set(7, newest & 0xFFFFFFFFFF);
        Set(8, newest);
        Set(9, (ulong)_word << 8 | c1);
        Set(10, ((ulong)_word + _previousWord) * 3 + c1);
        Set(11, (ulong)above << 16 | newest & 0xFFFF);
        Set(12, (ulong)above << 8 | (uint)Math.Min(_column, 255));
        Set(13, _shape);
        Set(14, ((ulong)_shape & 0xFFFF) << 32 | _field);
        Set(15, ((ulong)_line << 32) + _quoted);
        Set(16, newest & 0xFFFF00);
        Set(17, (ulong)(indirectOfOne & 0xFFFFFF) << 8 | c1);
        Selector = letter ? 1 + Math.Min((int)(_shape >> 8 & 3), 3) : (int)(c1 < 64 ? c1 + 16 : 8);
    }

    /// <summary>Takes a byte of text into the word so far, or ends it; whether it is a letter.</summary>
    private bool TakeIntoWord(uint c1)
    {
        bool letter = (c1 | 32) - 'a' < 26 || c1 >= 128;
        if (letter)
        {
            _word = (_word + (c1 | 32) + 1) * 0x2F0B4C47u;
        }
        else if (_word != 0)
        {
            _previousWord = _word * 0x3D4D51CBu + 1;
            _word = 0;
        }
        return letter;
    }

    /// <summary>Takes a byte of text into the line so far; the byte above the next one, 0 for none.</summary>
    private uint TakeIntoLine(int count, uint c1)
    {
        if (c1 == '\n')
        {
            _previousLine = _lineStart;
            _lineStart = count;
        }
        _column = count - _lineStart;
        return _previousLine + _column < _lineStart ? _history[_previousLine + _column] : 0u;
    }

    private void UpdateBinary(int count, ulong newest, uint c1, uint indirectOfOne)
    {
        int s = _stride;
        Set(7, newest & 0xFFFFFFFFFF);
        Set(8, newest & 0xFF00);
        Set(9, newest & 0xFFFF00);
        Set(10, newest & 0xFF00FF);
        Set(11, newest & 0xFF0000);
        Set(12, newest & 0xFFFF0000);
        if (s == 0)
        {
            Set(13, newest & 0xF0F0F0F0F0F0);
            Set(14, newest & 0xFF000000 | (uint)count & 3);
            Set(15, (newest & 0xFFFF) << 2 | (uint)count & 3);
            Set(16, newest & 0xF8F8F8);
            Set(17, (ulong)(indirectOfOne & 0xFFFFFF) << 8 | c1);
            Selector = count & 3;
            return;
        }
        uint column = (uint)(count % s);
        uint n = At(count - s), nn = At(count - 2 * s), nw = At(count - s - 1), ne = s > 1 ? At(count - s + 1) : 0;
        Set(13, (ulong)n << 32 | column);
        Set(14, (ulong)n << 8 | c1 | (ulong)column << 32);
        Set(15, (ulong)n << 8 | nn | (ulong)(byte)(c1 - nw) << 16);
        Set(16, (ulong)column << 32 | c1);
        Set(17, (byte)(n + c1 - nw) | (ulong)ne << 8 | (ulong)n << 16);
        Selector = (int)Math.Min(column, 255);
    }

    private void UpdateBitmap(int count, ulong newest, uint c1)
    {
        int s = _stride;
        uint n = At(count - s), nw = At(count - s - 1), ne = At(count - s + 1);
        uint nn = At(count - 2 * s), nne = At(count - 2 * s + 1), nnn = At(count - 3 * s), nnw = At(count - 2 * s - 1);
        Set(7, n | nn << 8 | nnn << 16);
        Set(8, n | ne << 8 | nw << 16 | c1 << 24);
        Set(9, n | nn << 8 | c1 << 16);
        Set(10, n | c1 << 8);
        Set(11, (ulong)n | (ulong)ne << 8 | (ulong)nn << 16 | (ulong)c1 << 24 | (ulong)nne << 32);
        Set(12, n | (nw & 15) << 8 | (ne & 0xF0) << 12 | (c1 & 15) << 20);
        Set(13, (ulong)n | (ulong)nn << 8 | (ulong)nnn << 16 | (ulong)c1 << 24 | (newest & 0xFF00) << 24);
        Set(14, n | ne << 8);
        Set(15, (ulong)n | (ulong)nw << 8 | (ulong)ne << 16 | (ulong)nn << 24 | (ulong)nnw << 32 | (ulong)nne << 40 | (ulong)(c1 & 15) << 48);
        Set(16, newest & 0xFFFFFFFFFF);
        Set(17, (uint)(count % s) | (ulong)n << 32);
        Selector = (int)n;
    }

    private uint At(int index) => index < 0 ? 0u : _history[index];

    private void Set(int context, ulong value)
    {
        ulong hash = (value + (uint)context + 1) * 0x9E3779B97F4A7C15ul;
        hash = (hash ^ hash >> 32 ^ (ulong)(context + 1) << 20) * 0xD6E8FEB86659FD93ul;
        Hashes[context] = (uint)(hash >> 32);
    }
}
