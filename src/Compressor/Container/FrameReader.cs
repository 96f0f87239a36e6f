namespace Compressor.Container;

/// <summary>Gives a <see cref="FrameParser"/> the data that it asks for, and throws what it finds wrong.</summary>
internal sealed class FrameReader
{
    private readonly Stream _source;
    private byte[]? _buffer;
    private ReadOnlyMemory<byte> _unparsed; // of what was read

    /// <summary>Reads the data of a stream, from its position to its end.</summary>
    /// <param name="source">The data. It is read ahead.</param>
    /// <param name="withBodies">False to pass over the bodies of blocks, without reading them where the stream can seek.</param>
    /// <param name="offset">Where the data starts.</param>
    public FrameReader(Stream source, bool withBodies, long offset = 0)
    {
        _source = source;
        Parser = new FrameParser(withBodies, offset);
    }

    /// <summary>Reads data that is in memory.</summary>
    public FrameReader(ReadOnlyMemory<byte> data)
        : this(Stream.Null, withBodies: true) => _unparsed = data;

    /// <summary>Knows what was found.</summary>
    public FrameParser Parser { get; }

    /// <summary>Reads on to the next thing in the data.</summary>
    /// <returns>A frame's start, a block or a frame's end; null at the end of the data.</returns>
    /// <exception cref="InvalidDataException">The data is malformed, or ends early. Of a block, only its decoder can verify the check.</exception>
    public ParserEvent? Next()
    {
        while (true)
        {
            var rest = _unparsed.Span;
            var found = Parser.Next(ref rest);
            _unparsed = _unparsed[^rest.Length..];
            if (found == ParserEvent.Invalid)
                throw Parser.Error!.ToException();
            if (found != ParserEvent.NeedsData)
                return found;
            if (!ReadMore())
                return Parser.AtBoundary ? null : throw Parser.EndsEarly().ToException();
        }
    }

    /// <summary>The blocks of all frames that are left, in order.</summary>
    /// <exception cref="InvalidDataException">On the way: the data is malformed, or ends early.</exception>
    public IEnumerable<ParsedBlock> Blocks()
    {
        while (Next() is { } found)
        {
            if (found == ParserEvent.Block)
                yield return Parser.Block;
        }
    }

    private bool ReadMore()
    {
        if (Parser.Skippable > 0 && _source.CanSeek)
        {
            var count = (int)Math.Min(Parser.Skippable, _source.Length - _source.Position);
            _source.Position += count;
            Parser.Skip(count);
        }

        _buffer ??= new byte[_source == Stream.Null ? 1 : 1 << 16];
        _unparsed = _buffer.AsMemory(0, _source.Read(_buffer));
        return !_unparsed.IsEmpty;
    }
}
