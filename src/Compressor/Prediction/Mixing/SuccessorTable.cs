using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// What followed a context: a hashed table of 64-byte lines, each a context's check and up to 15 successors with counts.
/// One context costs one cache line, however many binary decisions its next token takes.
/// </summary>
/// <remarks>Line: 16 × uint16 tokens (element 0 is the check), then 16 × uint16 counts (element 0 is how often the line was updated).</remarks>
internal sealed unsafe class SuccessorTable : IDisposable
{
    /// <summary>uint16 elements of a line.</summary>
    public const int LineLength = 32;

    /// <summary>Counts stay at or below this; it is what the state of a decision distinguishes.</summary>
    private const int MostCount = 255;

    private readonly ZeroedArray<ushort> _lines;
    private readonly ZeroedArray<ushort>? _highs;   // [lines, 16] the bits of tokens above the low 16; null for vocabularies that have none
    private readonly uint _mask;

    /// <param name="lineBits">log2 of the number of lines.</param>
    /// <param name="wide">Whether tokens have more than 16 bits.</param>
    public SuccessorTable(int lineBits, bool wide)
    {
        _highs = wide ? new ZeroedArray<ushort>(16L << lineBits) : null;
        _lines = new ZeroedArray<ushort>((long)LineLength << lineBits);
        _mask = (1u << lineBits) - 1;
    }

    /// <summary>The line of a context, emptied if it was another's: of two neighbours the less used one gives way.</summary>
    /// <param name="hash">Well-mixed hash of the context: low bits choose the line, high bits check it.</param>
    public ushort* Find(ulong hash)
    {
        var check = (ushort)(hash >> 48);
        var first = _lines.Pointer + (long)((uint)hash & _mask) * LineLength;
        if (first[0] == check) return first;
        var second = _lines.Pointer + (long)(((uint)hash & _mask) ^ 1) * LineLength;
        if (second[0] == check) return second;
        var line = second[16] < first[16] ? second : first;
        var other = line == first ? second : first;
        other[16] -= (ushort)(other[16] >> 2);   // what is never displaced must not live for ever
        new Span<ushort>(line, LineLength).Clear();
        line[0] = check;
        return line;
    }

    /// <summary>Asks for the line's cache lines ahead of <see cref="Find"/>.</summary>
    public void Prefetch(ulong hash)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(_lines.Pointer + (long)((uint)hash & _mask) * LineLength);
    }

    /// <summary>Counts a successor: its own count grows, the others' shrink towards it, the rarest is replaced by a new one.</summary>
    public void Update(ushort* line, int token)
    {
        var highs = HighsOf(line);
        int found = 0, rarest = 1;
        for (var i = 1; i < 16; i++)
        {
            if (line[16 + i] == 0)
            {
                if (found == 0) rarest = i;
                break;   // slots fill from the front
            }
            if (line[i] == (ushort)token && (highs == null || highs[i] == token >> 16)) found = i;
            else
            {
                if (line[16 + i] > 2) line[16 + i] -= (ushort)((line[16 + i] + 1) >> 2);
                if (line[16 + i] < line[16 + rarest]) rarest = i;
            }
        }
        if (line[16] < ushort.MaxValue) line[16]++;
        if (found != 0)
        {
            if (line[16 + found] < MostCount) line[16 + found]++;
            return;
        }
        line[rarest] = (ushort)token;
        if (highs != null) highs[rarest] = (ushort)(token >> 16);
        line[16 + rarest] = 1;
    }

    /// <summary>The counts of all successors, element 0 cleared.</summary>
    public static Vector256<ushort> Counts(ushort* line) => Vector256.Load(line + 16).WithElement(0, (ushort)0);

    /// <summary>The bits above the low 16 of a line's tokens; null where tokens have none.</summary>
    public ushort* HighsOf(ushort* line) => _highs is null ? null : _highs.Pointer + (line - _lines.Pointer) / LineLength * 16;

    public void Dispose()
    {
        _lines.Dispose();
        _highs?.Dispose();
    }
}
