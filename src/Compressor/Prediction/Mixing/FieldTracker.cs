namespace Compressor.Prediction.Mixing;

/// <summary>
/// Where the next byte of a text is in its structure: in which field of its line, beside which byte of the same field of the line before, under which open elements,
/// braces and keys. Reads only what has been coded.
/// </summary>
/// <param name="history">The bytes of the lane.</param>
internal sealed unsafe class FieldTracker(byte* history)
{
    private const int MaxDepth = 32, MaxScan = 256;

    private readonly uint[] _open = new uint[MaxDepth];   // what each open level is named
    private int _depth, _above, _aboveEnd, _lineStart;
    private uint _name;
    private bool _closing, _inTag;

    /// <summary>The number of the field in its line.</summary>
    public uint Field { get; private set; }

    /// <summary>The bytes of the field so far, hashed.</summary>
    public uint Content { get; private set; }

    /// <summary>The first bytes of the line, hashed.</summary>
    public uint LineHead { get; private set; }

    /// <summary>The blanks that the line begins with.</summary>
    public uint Indentation { get; private set; }

    /// <summary>What the innermost open level is named.</summary>
    public uint Inner => _open[_depth % MaxDepth];

    /// <summary>What the level around it is named.</summary>
    public uint Outer => _open[(_depth + MaxDepth - 1) % MaxDepth];

    /// <summary>The next two bytes of the same field of the line before, the first lowest; 0 beyond its end.</summary>
    public uint Above => _above < _aboveEnd ? history[_above] | (_above + 1 < _aboveEnd ? (uint)history[_above + 1] << 8 : 0) : 0;

    /// <summary>Takes in the newest byte.</summary>
    /// <param name="count">Bytes so far.</param>
    /// <param name="c">The newest.</param>
    public void Append(int count, byte c)
    {
        TakeIntoLevels(c);
        if (c == '\n')
        {
            (_above, _aboveEnd, _lineStart) = (_lineStart, count, count);
            (Field, Content, LineHead, Indentation) = (0, 0, 0, 0);
            return;
        }

        var place = count - _lineStart;
        if (place <= 4) LineHead = (LineHead + c + 1) * 0x2F0B4C47u;
        if ((char)c is ' ' or '\t' && place == (int)Indentation + 1) Indentation++;
        if (!IsDelimiter(c))
        {
            Content = (Content + c + 1) * 0x3D4D51CBu;
            if (_above < _aboveEnd && !IsDelimiter(history[_above])) _above++;
            return;
        }

        Field++;
        Content = 0;
        var end = Math.Min(_aboveEnd, _above + MaxScan);
        for (var i = _above; i < end; i++)
        {
            if (history[i] != c) continue;
            _above = i + 1;
            return;
        }
    }

    private static bool IsDelimiter(byte c) =>
        (char)c is ',' or ' ' or ';' or '\t' or '|' or '"' or ':' or '=' or '<' or '>' or '/' or '(' or ')' or '[' or ']';

    /// <summary>Elements open and close by their tags; braces and brackets are named after the key before them.</summary>
    private void TakeIntoLevels(byte c)
    {
        switch ((char)c)
        {
            case '<':
                (_inTag, _closing, _name) = (true, false, 0);
                return;
            case '/' when _inTag:
                if (_name == 0) _closing = true;
                else _open[_depth % MaxDepth] = _name;
                return;
            case '>' when _inTag:
                if (_closing) _depth = Math.Max(0, _depth - 1);
                else Push(_name);
                _inTag = false;
                return;
            case '{' or '[' or '(':
                Push(_name + c);
                _name = 0;
                return;
            case '}' or ']' or ')':
                _depth = Math.Max(0, _depth - 1);
                return;
            case '"' or ',' or '\n' or ' ':
                if (!_inTag && c != ' ') _name = 0;
                return;
            case ':' or '=':
                return;
            default:
                _name = (_name + c + 1) * 0x2C1B3C6Du;
                return;
        }
    }

    private void Push(uint name) => _open[++_depth % MaxDepth] = name;
}
