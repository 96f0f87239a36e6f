namespace Compressor.Container;

/// <summary>What a parser of frames has come to.</summary>
internal enum ParserEvent
{
    /// <summary>All data was taken, and what it has to say depends on what follows.</summary>
    NeedsData,

    /// <summary>The header of a frame.</summary>
    FrameStart,

    /// <summary>A block.</summary>
    Block,

    /// <summary>The end of a frame, which is that of its blocks.</summary>
    FrameEnd,

    /// <summary>The data is malformed; see <see cref="FrameParser.Error"/>. No other event follows.</summary>
    Invalid,
}

/// <summary>
/// Parses frames: it is given data in parts of any size and says what there is. It throws nothing, and holds at most one block of data.
/// All who read frames from their start to their end use it; those who have a stream do by <see cref="FrameReader"/>.
/// </summary>
/// <param name="withBodies">False to pass over the bodies of blocks, which are then empty.</param>
/// <param name="offset">Where the data starts.</param>
internal sealed class FrameParser(bool withBodies = true, long offset = 0)
{
    /// <summary>The length of the longest header of a frame or of a block.</summary>
    private const int MaxHeaderLength = FrameHeader.MaxLength > BlockHeader.MaxLength ? FrameHeader.MaxLength : BlockHeader.MaxLength;

    private enum State
    {
        FrameHeader,
        BlockHeader,
        Body,
        End,
    }

    private State _state;
    private byte[] _pending = new byte[2 * MaxHeaderLength];
    private int _start; // of the pending bytes that are not parsed yet
    private int _end;
    private FrameHeader? _frame;
    private FrameEndBuilder? _endBuilder;
    private BlockHeader? _header;
    private ParsedBlock? _block;
    private byte[] _expectedEnd = [];

    /// <summary>The header of the frame that was begun last.</summary>
    public FrameHeader Frame => _frame!;

    /// <summary>Where that frame starts.</summary>
    public long FrameOffset { get; private set; }

    /// <summary>The length of the content of its blocks so far, in bytes.</summary>
    public long ContentLength => _endBuilder!.ContentLength;

    /// <summary>The last block.</summary>
    public ParsedBlock Block => _block!;

    /// <summary>Where the block or the end starts that is being parsed, or that was parsed last.</summary>
    public long ItemOffset { get; private set; }

    /// <summary>Where what is not parsed yet starts.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>How many bytes come next that nothing depends on: they need not be given, see <see cref="Skip"/>.</summary>
    public int Skippable { get; private set; }

    /// <summary>What is wrong with the data; null for nothing so far.</summary>
    public FormatError? Error { get; private set; }

    /// <summary>Whether the data so far is one or more whole frames, so that it may end here.</summary>
    public bool AtBoundary => _state == State.FrameHeader && _start == _end && _frame is not null;

    /// <summary>Parses on until there is something to say.</summary>
    /// <param name="source">More data; what was parsed or kept is taken from its start.</param>
    public ParserEvent Next(ref ReadOnlySpan<byte> source)
    {
        while (Error is null)
        {
            var found = _state switch
            {
                State.FrameHeader or State.BlockHeader => ParseHeader(ref source),
                State.Body => ParseBody(ref source),
                _ => ParseEnd(ref source),
            };
            if (found is { } something && Error is null)
                return something;
        }

        return ParserEvent.Invalid;
    }

    /// <summary>Passes over bytes that are <see cref="Skippable"/> and were not given.</summary>
    public void Skip(int count)
    {
        Skippable -= count;
        Offset += count;
    }

    /// <summary>The error of data that ends where more must follow.</summary>
    public FormatError EndsEarly()
    {
        var end = Offset + (_end - _start);
        var what = _state switch
        {
            State.FrameHeader => _end - _start < FrameHeader.Magic.Length ? FrameHeader.NoFrame : "the data ends inside the frame header",
            State.BlockHeader => _start == _end ? "the data ends before the frame does" : "the data ends inside the header of a block",
            State.Body => "the data ends inside a block",
            _ => "the data ends inside the end of the frame",
        };
        return new FormatError(FormatErrorKind.EndsEarly, what, end);
    }

    private ParserEvent? ParseHeader(ref ReadOnlySpan<byte> source)
    {
        Take(ref source, MaxHeaderLength);
        if (_start == _end)
            return ParserEvent.NeedsData;
        var reader = new FormatReader(_pending.AsMemory(_start.._end), Offset);
        var found = _state == State.FrameHeader ? ReadFrameHeader(reader) : ReadBlockHeader(reader);
        if (reader.Error is { } error)
        {
            if (error.Kind == FormatErrorKind.EndsEarly && _end - _start < MaxHeaderLength)
                return ParserEvent.NeedsData;
            Error = error;
            return null;
        }

        Advance(reader.Position);
        return found;
    }

    private ParserEvent? ReadFrameHeader(FormatReader reader)
    {
        if (FrameHeader.Read(reader) is not { } header)
            return null;
        FrameOffset = Offset;
        _frame = header;
        _endBuilder = new FrameEndBuilder(header);
        _state = State.BlockHeader;
        return ParserEvent.FrameStart;
    }

    private ParserEvent? ReadBlockHeader(FormatReader reader)
    {
        ItemOffset = Offset;
        if (_pending[_start] is FrameEndBuilder.PlainEnd or FrameEndBuilder.TableEnd)
        {
            if (ContentLength != (Frame.ContentLength ?? ContentLength))
                reader.Fail($"the frame ends after {ContentLength} of {Frame.ContentLength} bytes of content", ItemOffset);
            _expectedEnd = _endBuilder!.EndBytes();
            _state = State.End;
        }
        else if (BlockHeader.Read(reader) is { } header)
        {
            _header = header;
            if (header.ContentLength > Frame.ContentLength - ContentLength)
                Error = new FormatError(FormatErrorKind.Malformed, $"the blocks have more content than the {Frame.ContentLength} bytes of the frame", ItemOffset);
            Skippable = withBodies ? 0 : header.BodyLength;
            _state = State.Body;
        }

        return null;
    }

    private ParserEvent? ParseBody(ref ReadOnlySpan<byte> source)
    {
        PassOver(ref source);
        var wanted = (withBodies ? _header!.BodyLength : 0) + Crc32C.Length;
        if (Skippable > 0 || !Take(ref source, wanted))
            return ParserEvent.NeedsData;
        var bytes = _pending.AsSpan(_start, wanted);
        var block = withBodies ? Container.Block.Of(_header!, bytes) : Container.Block.WithoutBody(_header!, bytes);
        Advance(wanted);
        _endBuilder!.Add(block.Header, block.Check);
        _block = new ParsedBlock(Frame, block, ItemOffset);
        _state = State.BlockHeader;
        return ParserEvent.Block;
    }

    private ParserEvent? ParseEnd(ref ReadOnlySpan<byte> source)
    {
        if (!Take(ref source, _expectedEnd.Length))
            return ParserEvent.NeedsData;
        if (!_pending.AsSpan(_start, _expectedEnd.Length).SequenceEqual(_expectedEnd))
            Error = new FormatError(FormatErrorKind.Malformed, "the end of the frame does not match its blocks", ItemOffset);
        Advance(_expectedEnd.Length);
        _state = State.FrameHeader;
        return ParserEvent.FrameEnd;
    }

    private void Advance(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Passes over what is skippable of the data that is there.</summary>
    private void PassOver(ref ReadOnlySpan<byte> source)
    {
        var pending = Math.Min(Skippable, _end - _start);
        _start += pending;
        Skip(pending);
        var given = Math.Min(Skippable, source.Length);
        source = source[given..];
        Skip(given);
    }

    /// <summary>Has up to <paramref name="wanted"/> bytes pending. Memory grows with what is there, not with what is announced.</summary>
    /// <returns>Whether there are as many.</returns>
    private bool Take(ref ReadOnlySpan<byte> source, int wanted)
    {
        var count = Math.Min(source.Length, wanted - (_end - _start));
        if (count <= 0)
            return _end - _start >= wanted;
        if (_end + count > _pending.Length)
        {
            var pending = _pending.AsSpan(_start.._end);
            if (pending.Length + count > _pending.Length)
            {
                var larger = new byte[Math.Max(2 * _pending.Length, pending.Length + count)];
                pending.CopyTo(larger);
                _pending = larger;
            }
            else
            {
                pending.CopyTo(_pending);
            }

            (_start, _end) = (0, pending.Length);
        }

        source[..count].CopyTo(_pending.AsSpan(_end));
        _end += count;
        source = source[count..];
        return _end - _start >= wanted;
    }
}
