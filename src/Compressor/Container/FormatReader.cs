using System.Buffers.Binary;

namespace Compressor.Container;

/// <summary>Reads the pieces that the format is made of, and knows the offset for error messages.</summary>
internal sealed class FormatReader
{
    private const int BufferLength = 1 << 16;

    private readonly Stream _source;
    private readonly byte[] _buffer;
    private int _start; // of what is buffered and not yet read
    private int _end;

    /// <summary>Reads a stream from its position on, which is offset <paramref name="offset"/>.</summary>
    public FormatReader(Stream source, long offset = 0)
    {
        _source = source;
        _buffer = new byte[BufferLength];
        Offset = offset;
    }

    /// <summary>Reads bytes that are there already, the first of which is at <paramref name="offset"/>.</summary>
    public FormatReader(ArraySegment<byte> bytes, long offset)
    {
        _source = Stream.Null;
        _buffer = bytes.Array ?? [];
        _start = bytes.Offset;
        _end = bytes.Offset + bytes.Count;
        Offset = offset;
    }

    /// <summary>The offset of the next byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether an error was that the data ends too early.</summary>
    public bool HasEndedEarly { get; private set; }

    /// <summary>Whether nothing is left to read.</summary>
    public bool AtEnd => Peek(1).IsEmpty;

    /// <exception cref="InvalidDataException">The data ends here.</exception>
    public byte ReadByte(string what)
    {
        var next = Peek(1);
        if (next.IsEmpty)
            throw EndsInside(what);
        var value = next[0];
        Advance(1);
        return value;
    }

    /// <summary>Reads a variable-length number in [min, max].</summary>
    /// <exception cref="InvalidDataException">The data ends here, or the number is malformed or out of range.</exception>
    public long ReadNumber(string what, long min, long max)
    {
        long value;
        int length;
        try
        {
            length = Varint.Read(Peek(Varint.MaxLength), out value);
        }
        catch (InvalidDataException e)
        {
            var seen = Peek(Varint.MaxLength);
            HasEndedEarly |= seen.Length < Varint.MaxLength && !seen.ContainsAnyInRange((byte)0, (byte)0x7F);
            throw Invalid($"{what}: {e.Message}");
        }

        if (value < min || value > max)
            throw Invalid($"{what} is {value}, not within {min} to {max}");
        Advance(length);
        return value;
    }

    /// <summary>Reads a check, four bytes.</summary>
    /// <exception cref="InvalidDataException">The data ends here.</exception>
    public uint ReadCheck(string what) => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(Crc32C.Length, what));

    /// <summary>Reads bytes. Memory grows with what is there, not with what is announced.</summary>
    /// <exception cref="InvalidDataException">The data ends before.</exception>
    public byte[] ReadBytes(int count, string what)
    {
        var bytes = new byte[Math.Min(count, BufferLength)];
        for (var length = 0; length < count;)
        {
            if (length == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(count, 2L * length));
            var part = Peek(1);
            if (part.IsEmpty)
                throw EndsInside(what);
            part = part[..Math.Min(part.Length, bytes.Length - length)];
            part.CopyTo(bytes.AsSpan(length));
            length += part.Length;
            Advance(part.Length);
        }

        return bytes;
    }

    /// <summary>Passes over bytes, without reading them where the stream can seek.</summary>
    /// <exception cref="InvalidDataException">The data ends before.</exception>
    public void Skip(int count, string what)
    {
        var unread = count - (_end - _start);
        if (unread > 0 && _source.CanSeek)
        {
            if (_source.Length - _source.Position < unread)
                throw EndsInside(what);
            _source.Position += unread;
            Offset += count;
            _start = _end;
            return;
        }

        while (count > 0)
        {
            var part = Math.Min(count, Peek(1).Length);
            if (part == 0)
                throw EndsInside(what);
            Advance(part);
            count -= part;
        }
    }

    /// <summary>The error that says what is wrong here.</summary>
    public InvalidDataException Invalid(string what) => Invalid(what, Offset);

    /// <summary>The error that says what is wrong at an offset.</summary>
    public static InvalidDataException Invalid(string what, long offset, Exception? cause = null) =>
        new($"Invalid .lmz data at offset {offset}: {what}.", cause);

    /// <summary>The error that the data ends here, and what that means.</summary>
    public InvalidDataException EndsEarly(string what)
    {
        HasEndedEarly = true;
        return Invalid(what);
    }

    private InvalidDataException EndsInside(string what) => EndsEarly($"the data ends inside the {what}");

    /// <summary>What is buffered: at least <paramref name="count"/> bytes unless the stream ends before.</summary>
    private ReadOnlySpan<byte> Peek(int count)
    {
        if (_end - _start < count && _source != Stream.Null)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
            _end += _source.ReadAtLeast(_buffer.AsSpan(_end), count - _end, throwOnEndOfStream: false);
        }

        return _buffer.AsSpan(_start.._end);
    }

    private void Advance(int count)
    {
        _start += count;
        Offset += count;
    }
}
