namespace Compressor.Prediction.Mixing;

/// <summary>The contexts of the next byte, as hashes.</summary>
internal sealed unsafe class ContextHashes
{
    private const int Many = 18, Few = 6;

    private readonly byte* _history;                      // of the lane
    private readonly ByteProfile _profile;
    private readonly int _stride;
    private readonly bool _fast;
    private readonly UndoLog? _undo;
    private readonly uint* _followers, _followersOfOne;   // [2^16] by two bytes, [256] by one: those that followed last in any lane; not of a fast shape
    private uint _word, _previousWord, _shape, _field, _line, _quoted;
    private int _lineStart, _previousLine, _column;

    /// <param name="history">The bytes of the lane.</param>
    /// <param name="shape">Decides the contexts.</param>
    /// <param name="followers">[<see cref="FollowerCount"/>] shared by the lanes.</param>
    /// <param name="undo">Told of every change of theirs; null for none.</param>
    public ContextHashes(byte* history, ByteShape shape, uint* followers, UndoLog? undo = null)
    {
        _undo = undo;
        _history = history;
        _profile = shape.Profile;
        _stride = shape.Stride;
        _fast = shape.Fast;
        Hashes = new uint[CountFor(shape)];
        _followers = followers;
        _followersOfOne = followers + (1 << 16);
    }

    /// <summary>How many followers are remembered.</summary>
    public const int FollowerCount = (1 << 16) + 256;

    /// <summary>How many contexts a shape has: 18, or 6 of a fast one.</summary>
    public static int CountFor(ByteShape shape) => shape.Fast ? Few : Many;

    /// <summary>[<see cref="CountFor"/>] hashes, well mixed.</summary>
    public uint[] Hashes { get; }

    /// <summary>A small context for a set of mixer weights, 0 to 255.</summary>
    public int Selector { get; private set; }

    /// <summary>Takes in the newest byte.</summary>
    /// <param name="count">Bytes so far, at least 1.</param>
    /// <param name="newest">The last eight, the newest lowest.</param>
    public void Append(int count, ulong newest)
    {
        uint c1 = (byte)newest;
        if (!_fast)
        {
            ref var followers = ref _followers[(newest >> 8) & 0xFFFF];
            _undo?.Keep(_followers + ((newest >> 8) & 0xFFFF));
            followers = followers << 8 | c1;
            ref var followersOfOne = ref _followersOfOne[(byte)(newest >> 8)];
            _undo?.Keep(_followersOfOne + (byte)(newest >> 8));
            followersOfOne = followersOfOne << 8 | c1;
        }
        if (_profile != ByteProfile.Text) return;
        var letter = TakeIntoWord(c1);
        TakeIntoLine(count, c1);
        if (!_fast) TakeIntoShape(c1, letter);
    }

    /// <summary>Makes the hashes for the next byte.</summary>
    /// <param name="count">Bytes so far.</param>
    /// <param name="newest">The last eight, the newest lowest.</param>
    /// <param name="expected">The byte that a match expects and how sure it is; 0 without a match.</param>
    public void Hash(int count, ulong newest, int expected)
    {
        if (_fast)
        {
            HashFew(count, newest);
            return;
        }
        uint c1 = (byte)newest;
        uint indirect = _followers[newest & 0xFFFF], indirectOfOne = _followersOfOne[c1];
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
                HashText(newest, c1, indirectOfOne);
                break;
            case ByteProfile.Binary:
                HashBinary(count, newest, c1, indirectOfOne);
                break;
            default:
                HashBitmap(count, newest, c1);
                break;
        }
    }

    /// <summary>Takes over what another lane of the same shape has come to.</summary>
    public void CopyFrom(ContextHashes other)
    {
        other.Hashes.CopyTo(Hashes, 0);
        Selector = other.Selector;
        (_word, _previousWord, _shape, _field, _line, _quoted) = (other._word, other._previousWord, other._shape, other._field, other._line, other._quoted);
        (_lineStart, _previousLine, _column) = (other._lineStart, other._previousLine, other._column);
    }

    /// <summary>The last byte alone is not among these: it has a map of its own (<see cref="ByteMixingModel"/>).</summary>
    private void HashFew(int count, ulong newest)
    {
        uint c1 = (byte)newest;
        var s = _stride;
        Set(0, newest & 0xFFFF);
        Set(1, newest & 0xFFFFFF);
        switch (_profile)
        {
            case ByteProfile.Text:
                Set(2, newest & 0xFFFFFFFF);
                Set(3, newest & 0xFFFFFFFFFFFF);
                Set(4, (ulong)_word << 8 | c1);
                Set(5, (ulong)Above << 16 | newest & 0xFFFF);
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

    private void HashText(ulong newest, uint c1, uint indirectOfOne)
    {
        var above = Above;
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
        Selector = IsLetter(c1) ? 1 + (int)(_shape >> 8 & 3) : (int)(c1 < 64 ? c1 + 16 : 8);
    }

    /// <summary>Takes a byte of text into the word so far, or ends it; whether it is a letter.</summary>
    private bool TakeIntoWord(uint c1)
    {
        var letter = IsLetter(c1);
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

    /// <summary>Takes a byte of text into the line so far.</summary>
    private void TakeIntoLine(int count, uint c1)
    {
        if (c1 == '\n')
        {
            _previousLine = _lineStart;
            _lineStart = count;
        }
        _column = count - _lineStart;
    }

    /// <summary>Takes a byte of text into its shape, field and name.</summary>
    private void TakeIntoShape(uint c1, bool letter)
    {
        // Runs of letters are one character each, digits are alike: the shape of what came before.
        var kind = letter ? 'a' : c1 - '0' < 10 ? '0' : c1;
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
    }

    /// <summary>The byte above the next one, in the line before; 0 for none.</summary>
    private uint Above => _previousLine + _column < _lineStart ? _history[_previousLine + _column] : 0u;

    private static bool IsLetter(uint c1) => (c1 | 32) - 'a' < 26 || c1 >= 128;

    private void HashBinary(int count, ulong newest, uint c1, uint indirectOfOne)
    {
        var s = _stride;
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
        var column = (uint)(count % s);
        uint n = At(count - s), nn = At(count - 2 * s), nw = At(count - s - 1), ne = s > 1 ? At(count - s + 1) : 0;
        Set(13, (ulong)n << 32 | column);
        Set(14, (ulong)n << 8 | c1 | (ulong)column << 32);
        Set(15, (ulong)n << 8 | nn | (ulong)(byte)(c1 - nw) << 16);
        Set(16, (ulong)column << 32 | c1);
        Set(17, (byte)(n + c1 - nw) | (ulong)ne << 8 | (ulong)n << 16);
        Selector = (int)Math.Min(column, 255);
    }

    private void HashBitmap(int count, ulong newest, uint c1)
    {
        var s = _stride;
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
        var hash = (value + (uint)context + 1) * 0x9E3779B97F4A7C15ul;
        hash = (hash ^ hash >> 32 ^ (ulong)(context + 1) << 20) * 0xD6E8FEB86659FD93ul;
        Hashes[context] = (uint)(hash >> 32);
    }
}
