using Compressor.Blocks;
using Compressor.Repeats;

namespace Compressor.Frames;

/// <summary>
/// The blocks that were decoded last of data that can seek. One is kept for reading on in it; more only where blocks repeat what was before
/// them: then as much as a repeat can reach, so that no block is decoded again for the sake of those after it.
/// </summary>
internal sealed class DecodedBlockCache
{
    private readonly Dictionary<int, DecodedBlock> _blocks = [];
    private readonly Queue<int> _order = new();
    private long _length;

    /// <summary>Whether more than one block is kept.</summary>
    public bool KeepsMany { get; set; }

    /// <summary>The block with a number; null if it is not kept.</summary>
    public DecodedBlock? Find(int number) => _blocks.GetValueOrDefault(number);

    /// <summary>Keeps a block, and as many others as there is room for.</summary>
    public void Add(int number, DecodedBlock block)
    {
        KeepsMany |= block.Missing.Count > 0;
        if (!_blocks.TryAdd(number, block))
            return;
        _order.Enqueue(number);
        _length += block.ContentLength;
        while (_order.Count > 1 && _length > (KeepsMany ? ContentWindow.MaxLength : 0))
            Remove(_order.Dequeue());
    }

    /// <summary>Keeps nothing.</summary>
    public void Clear()
    {
        _blocks.Clear();
        _order.Clear();
        _length = 0;
    }

    private void Remove(int number)
    {
        _length -= _blocks[number].ContentLength;
        _blocks.Remove(number);
    }
}
