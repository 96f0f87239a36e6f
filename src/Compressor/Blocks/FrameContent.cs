using Compressor.Container;
using Compressor.Repeats;

namespace Compressor.Blocks;

/// <summary>The content of frames, block after block: completes each with what it repeats of those before it. Keeps the newest part of the frame's content.</summary>
internal sealed class FrameContent
{
    private FrameHeader? _frame;
    private ContentWindow _window = new();
    private (byte[] Content, IReadOnlyList<Repeat> Missing)? _last; // of the frame; it goes to the window once another follows: most frames are one block

    /// <summary>The content of the next block, verified.</summary>
    /// <exception cref="InvalidDataException">The block, or what it repeats, is damaged.</exception>
    public byte[] Next(DecodedBlock block) => Next(block, block.Complete);

    /// <summary>The same; the errors do not say where the block is.</summary>
    public byte[] NextUnlocated(DecodedBlock block) => Next(block, block.CompleteUnlocated);

    /// <summary>Passes over a block that cannot be had.</summary>
    /// <param name="frame">The header of its frame; null if that is unknown.</param>
    /// <param name="length">The length of its content in bytes; null if that is unknown: then nothing before it can be repeated any more.</param>
    public void Lose(FrameHeader? frame, int? length)
    {
        Begin(frame, isNew: length is null);
        if (length is { } known)
            _window.AppendLost(known);
    }

    private byte[] Next(DecodedBlock block, Func<long, IContentSource, byte[]> complete)
    {
        Begin(block.Frame, isNew: false);
        var content = complete(_window.Length, _window);
        _last = (content, block.Missing);
        return content;
    }

    private void Begin(FrameHeader? frame, bool isNew)
    {
        if (isNew || !ReferenceEquals(frame, _frame))
            _window = new ContentWindow();
        else if (_last is var (content, missing))
            _window.Append(content, missing);
        _frame = frame;
        _last = null;
    }
}
