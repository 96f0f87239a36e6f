using System.Runtime.Intrinsics.X86;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// Probabilities of the binary decisions after a context: a hashed table of 64-byte lines, each the 15 decisions of four
/// bits and a check. A decision that is met for the first time starts at the transformer's own probability and moves from
/// there with what really follows.
/// </summary>
internal sealed unsafe class DecisionTable : IDisposable
{
    private const int LineLength = 16;
    private readonly ZeroedArray<uint> _lines;   // element 0 of a line is its check, 1…15 are AdaptiveProbability slots
    private readonly uint _mask;

    /// <param name="lineBits">log2 of the number of lines.</param>
    public DecisionTable(int lineBits)
    {
        _lines = new ZeroedArray<uint>((long)LineLength << lineBits);
        _mask = (1u << lineBits) - 1;
    }

    /// <summary>The line of a context and the bits of the token so far, emptied if it was another's.</summary>
    /// <param name="hash">Well-mixed: low bits choose the line, high bits check it.</param>
    public uint* Find(ulong hash)
    {
        uint* line = _lines.Pointer + (long)((uint)hash & _mask) * LineLength;
        uint check = (uint)(hash >> 32) | 1;   // never 0, which is what an unused line holds
        if (line[0] != check)
        {
            new Span<uint>(line, LineLength).Clear();
            line[0] = check;
        }
        return line;
    }

    /// <summary>Asks for a line ahead of <see cref="Find"/>.</summary>
    public void Prefetch(ulong hash)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(_lines.Pointer + (long)((uint)hash & _mask) * LineLength);
    }

    public void Dispose() => _lines.Dispose();
}
