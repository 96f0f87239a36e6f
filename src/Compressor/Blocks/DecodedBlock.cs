using Compressor.Container;
using Compressor.Repeats;

namespace Compressor.Blocks;

/// <summary>A block that was decoded by itself. What it repeats from before it is still missing.</summary>
internal sealed class DecodedBlock
{
    private readonly BlockDecoder _source;
    private readonly OwnContent _own;
    private bool _isComplete;

    private DecodedBlock(BlockDecoder source, OwnContent own, bool isComplete)
    {
        _source = source;
        _own = own;
        _isComplete = isComplete;
    }

    /// <summary>The header of its frame.</summary>
    public FrameHeader Frame => _source.Source.Frame;

    /// <summary>The length of its content in bytes.</summary>
    public int ContentLength => _own.Bytes.Length;

    /// <summary>What it repeats from before it, in order.</summary>
    public IReadOnlyList<Repeat> Missing => _own.Missing;

    /// <summary>Takes what was decoded, and verifies it if it is all of the content.</summary>
    /// <param name="source">The block.</param>
    /// <param name="coded">The content of its <see cref="BlockDecoder.Coded"/>.</param>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public static DecodedBlock Of(BlockDecoder source, byte[] coded)
    {
        var (frame, block) = (source.Source.Frame, source.Source.Block);
        var own = OwnContent.Whole(coded);
        if (block.Header.Rest is not null)
        {
            var repeats = RepeatList.Read(block.Body.AsSpan(0, block.Header.ListLength), block.Header.ContentLength);
            own = OwnContent.Of(coded, repeats, block.Header.ContentLength);
        }

        var isComplete = own.Missing.Count == 0;
        if (isComplete)
            BlockDecoder.Verify(frame, block, own.Bytes);
        return new DecodedBlock(source, own, isComplete);
    }

    /// <summary>The content, verified.</summary>
    /// <param name="start">Where it starts in the content of the frame.</param>
    /// <param name="before">Gives content from before the block.</param>
    /// <exception cref="InvalidDataException">The block, or what it repeats, is damaged or missing.</exception>
    public byte[] Complete(long start, IContentSource before) => _isComplete ? _own.Bytes : _source.Located(() => CompleteUnlocated(start, before));

    /// <summary>The same; the errors do not say where the block is.</summary>
    public byte[] CompleteUnlocated(long start, IContentSource before)
    {
        if (!_isComplete)
        {
            _own.Fill(start, before);
            BlockDecoder.Verify(_source.Source.Frame, _source.Source.Block, _own.Bytes);
            _isComplete = true;
        }

        return _own.Bytes;
    }

    /// <summary>Copies a part of the content that the block has by itself.</summary>
    /// <exception cref="InvalidDataException">It takes some of it from before it.</exception>
    public void CopyOwn(int start, Span<byte> destination)
    {
        if (!_own.Has(start, destination.Length))
            throw new InvalidDataException("the source of a repeat is itself a repeat from before its block");
        _own.Bytes.AsSpan(start, destination.Length).CopyTo(destination);
    }
}
