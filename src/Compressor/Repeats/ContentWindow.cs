namespace Compressor.Repeats;

/// <summary>Content that was there before, by its place in the frame.</summary>
internal interface IContentSource
{
    /// <summary>Reads content.</summary>
    /// <param name="position">Where it starts, in bytes from the start of the frame's content.</param>
    /// <param name="destination">Is filled.</param>
    /// <exception cref="InvalidDataException">The content is not at hand.</exception>
    void Read(long position, Span<byte> destination);
}

/// <summary>The newest bytes of a frame's content, in a ring of pages that are made when they are first needed.</summary>
internal sealed class ContentWindow : IContentSource
{
    /// <summary>The most bytes that are kept. A rule of the format: no repeat reaches farther back, so no decoder needs more.</summary>
    public const int MaxLength = PageLength * Pages;

    private const int PageBits = 20;
    private const int PageLength = 1 << PageBits;
    private const int Pages = 64;

    private static readonly byte[] Zeros = new byte[1 << 16];

    private readonly byte[]?[] _pages = new byte[Pages][];
    private readonly BorrowedRanges _borrowed = new();

    /// <summary>The length of all content so far, in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>The first byte that is still kept.</summary>
    public long First => Math.Max(0, Length - MaxLength);

    /// <summary>The memory that the pages take, in bytes.</summary>
    public long AllocatedLength => _pages.Sum(page => page?.LongLength ?? 0);

    /// <summary>Adds a block's content; the oldest gives way.</summary>
    /// <param name="content">The content.</param>
    /// <param name="far">The repeats from before the block: they will not be read.</param>
    public void Append(ReadOnlySpan<byte> content, IReadOnlyList<Repeat> far)
    {
        foreach (var repeat in far)
            _borrowed.Add(Length + repeat.Start, Length + repeat.End, repeat.Distance);
        Append(content);
        _borrowed.Forget(First);
    }

    /// <summary>Adds content that is lost: it will not be read.</summary>
    /// <param name="length">Its length in bytes.</param>
    public void AppendLost(int length)
    {
        _borrowed.Add(Length, Length + length, 0);
        for (var left = length; left > 0; left -= Zeros.Length)
            Append(Zeros.AsSpan(0, Math.Min(left, Zeros.Length)));
    }

    /// <summary>Adds content; the oldest gives way.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var index = (int)(Length >> PageBits) % Pages;
            var start = (int)(Length & (PageLength - 1));
            // The first page grows with the content: most frames are short.
            var page = _pages[index];
            if (page is null || (page.Length < PageLength && start + content.Length > page.Length))
                Array.Resize(ref page, index > 0 || Length >= PageLength ? PageLength : (int)Math.Min(PageLength, Math.Max(2L * start, start + (long)content.Length)));
            _pages[index] = page;
            var part = content[..Math.Min(content.Length, PageLength - start)];
            part.CopyTo(page.AsSpan(start));
            content = content[part.Length..];
            Length += part.Length;
        }
    }

    public void Read(long position, Span<byte> destination)
    {
        if (position < First || destination.Length > Length - position)
            throw new InvalidDataException("the source of a repeat is not at hand");
        if (_borrowed.FirstAfter(position) is var next && next.Start < position + destination.Length)
            throw new InvalidDataException(next.Distance == 0 ? "the source of a repeat is lost" : "the source of a repeat is itself a repeat from before its block");
        while (!destination.IsEmpty)
        {
            var part = PartAt(position, destination.Length);
            part.CopyTo(destination);
            destination = destination[part.Length..];
            position += part.Length;
        }
    }

    /// <summary>How many bytes from a position on are those of some content.</summary>
    public int CommonLength(long position, ReadOnlySpan<byte> content)
    {
        var count = 0;
        while (count < content.Length && position < Length)
        {
            var part = PartAt(position, content.Length - count);
            var equal = part.CommonPrefixLength(content[count..]);
            count += equal;
            position += equal;
            if (equal < part.Length)
                break;
        }

        return count;
    }

    /// <summary>How many bytes before a position are those at the end of some content.</summary>
    public int CommonLengthBefore(long position, ReadOnlySpan<byte> content)
    {
        var limit = (int)Math.Min(content.Length, position - First);
        var count = 0;
        while (count < limit)
        {
            var previous = position - count - 1;
            if (_pages[(int)(previous >> PageBits) % Pages]![(int)(previous & (PageLength - 1))] != content[content.Length - count - 1])
                break;
            count++;
        }

        return count;
    }

    /// <summary>What is kept from a position on, as far as it lies in one piece.</summary>
    private ReadOnlySpan<byte> PartAt(long position, int maxLength)
    {
        var start = (int)(position & (PageLength - 1));
        var length = (int)Math.Min(Math.Min(maxLength, PageLength - start), Length - position);
        return _pages[(int)(position >> PageBits) % Pages].AsSpan(start, length);
    }
}
