namespace Compressor.Container;

/// <summary>A block that was parsed, and where it came from.</summary>
/// <param name="Frame">The header of its frame.</param>
/// <param name="Block">The block, whose check only its decoder can verify.</param>
/// <param name="Offset">Where it starts in the data.</param>
internal sealed record ParsedBlock(FrameHeader Frame, Block Block, long Offset)
{
    /// <summary>Reads a block from where an index says that it is.</summary>
    /// <exception cref="InvalidDataException">There is no block of these lengths.</exception>
    public static ParsedBlock ReadAt(Stream source, FrameHeader frame, long offset, long dataLength, long contentLength)
    {
        source.Position = offset;
        var reader = new FormatReader(source, offset);
        var header = BlockHeader.Read((LmzBlockType)reader.ReadByte("type of a block"), reader);
        if (header.DataLength != dataLength || header.ContentLength != contentLength)
            throw FormatReader.Invalid("the block that starts here is another than the seek table says", offset);
        var body = reader.ReadBytes(header.BodyLength, "body of the block");
        return new ParsedBlock(frame, new Block(header, body, reader.ReadCheck("check of the block")), offset);
    }
}

/// <summary>
/// Reads frames from data that comes in pieces of any size. <see cref="FrameReader"/> asks a stream for what it needs;
/// this one is given what there is. It holds no more than one block of data.
/// </summary>
internal sealed class FrameParser
{
    /// <summary>Longer than any header of a frame or a block.</summary>
    private const int MaxHeaderLength = 64;

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
    private long _offset; // of the first of them
    private FrameHeader? _frame;
    private FrameEndBuilder? _endBuilder;
    private BlockHeader? _block;
    private byte[] _expectedEnd = [];
    private long _itemOffset;

    /// <summary>Whether the data so far is one or more whole frames, so that it may end here.</summary>
    public bool AtBoundary => _state == State.FrameHeader && _start == _end && _offset > 0;

    /// <summary>Parses on until there is a block or the data is used up.</summary>
    /// <param name="source">More data; what was parsed or kept is taken from its start.</param>
    /// <returns>The next block, or null when more data is needed to say.</returns>
    /// <exception cref="InvalidDataException">The data is malformed.</exception>
    public ParsedBlock? Next(ref ReadOnlySpan<byte> source)
    {
        while (true)
        {
            var wanted = _state switch
            {
                State.Body => _block!.BodyLength + Crc32C.Length,
                State.End => _expectedEnd.Length,
                _ => 0,
            };
            if (wanted > 0)
            {
                Take(ref source, wanted);
                if (_end - _start < wanted)
                    return null;
                if (_state == State.Body)
                    return FinishBlock(wanted);
                FinishFrame(wanted);
            }
            else if (!TryParseHeader(ref source))
            {
                return null;
            }
        }
    }

    /// <summary>The error of data that ends before its last frame does.</summary>
    public InvalidDataException EndsEarly()
    {
        var end = _offset + (_end - _start);
        return FormatReader.Invalid(
            end == 0 ? "no .lmz frame starts here" : $"the data ends inside the {(_state == State.FrameHeader ? "frame header" : "frame")}", end);
    }

    private bool TryParseHeader(ref ReadOnlySpan<byte> source)
    {
        Take(ref source, MaxHeaderLength);
        if (_start == _end)
            return false;
        var reader = new FormatReader(new ArraySegment<byte>(_pending, _start, _end - _start), _offset);
        try
        {
            ParseHeader(reader);
        }
        catch (InvalidDataException) when (reader.HasEndedEarly && _end - _start < MaxHeaderLength)
        {
            return false;
        }

        Advance((int)(reader.Offset - _offset));
        return true;
    }

    private void ParseHeader(FormatReader reader)
    {
        if (_state == State.FrameHeader)
        {
            _frame = FrameHeader.Read(reader);
            _endBuilder = new FrameEndBuilder(_frame);
            _state = State.BlockHeader;
            return;
        }

        _itemOffset = reader.Offset;
        var type = reader.ReadByte("type of a block");
        if (type is FrameEndBuilder.PlainEnd or FrameEndBuilder.TableEnd)
        {
            var end = FrameReader.EndAfter(_endBuilder!, _frame!, _itemOffset);
            if (end[0] != type)
                throw FrameReader.EndMismatch(_itemOffset);
            _expectedEnd = end[1..];
            _state = State.End;
        }
        else
        {
            _block = BlockHeader.Read((LmzBlockType)type, reader);
            _state = State.Body;
        }
    }

    private ParsedBlock FinishBlock(int length)
    {
        var reader = new FormatReader(new ArraySegment<byte>(_pending, _start, length), _offset);
        var body = reader.ReadBytes(_block!.BodyLength, "body of the block");
        var block = new Block(_block, body, reader.ReadCheck("check of the block"));
        FrameReader.Count(_endBuilder!, _frame!, block, _itemOffset);
        Advance(length);
        _state = State.BlockHeader;
        return new ParsedBlock(_frame!, block, _itemOffset);
    }

    private void FinishFrame(int length)
    {
        if (!_pending.AsSpan(_start, length).SequenceEqual(_expectedEnd))
            throw FrameReader.EndMismatch(_itemOffset);
        Advance(length);
        _state = State.FrameHeader;
    }

    private void Advance(int count)
    {
        _start += count;
        _offset += count;
    }

    /// <summary>Has up to <paramref name="wanted"/> bytes pending. Memory grows with what is there, not with what is announced.</summary>
    private void Take(ref ReadOnlySpan<byte> source, int wanted)
    {
        var count = Math.Min(source.Length, wanted - (_end - _start));
        if (count <= 0)
            return;
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
    }
}
