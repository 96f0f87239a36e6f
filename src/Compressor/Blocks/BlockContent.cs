using Compressor.Repeats;

namespace Compressor.Blocks;

/// <summary>What a block is made of.</summary>
/// <param name="Bytes">The content.</param>
/// <param name="Repeats">The parts of it that are long repeats, in order; never all of it.</param>
internal sealed record BlockContent(byte[] Bytes, IReadOnlyList<Repeat> Repeats);
