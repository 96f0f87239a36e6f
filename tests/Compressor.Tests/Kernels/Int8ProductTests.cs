using Compressor.Kernels;

namespace Compressor.Tests.Kernels;

/// <summary>Every instruction set gives the bits of the scalar definition.</summary>
public sealed unsafe class Int8ProductTests
{
    public static TheoryData<string> FastSets()
    {
        var sets = new TheoryData<string>();
        foreach (var set in Enum.GetValues<InstructionSet>())
            if (InstructionSets.IsSupported(set)) sets.Add(set.ToString());
        return sets;
    }

    [Theory]
    [MemberData(nameof(FastSets))]
    public void EqualsTheDefinitionOnEveryShape(string name)
    {
        var set = Enum.Parse<InstructionSet>(name);
        var random = new Random(1);
        foreach (var groups in (int[])[1, 2, 3, 7, 8, 16, 31, 32, 33, 64, 65, 160, 275])
        {
            foreach (var rows in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 16, 31, 32])
            {
                var panels = 1 + (groups + rows) % 3;
                Check(set, random, rows, panels, groups, paired: (rows & 1) == 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(FastSets))]
    public void ExtremeValuesDoNotSaturate(string name)
    {
        var set = Enum.Parse<InstructionSet>(name);
        // Use (a): bytes of 255 against pairs that sum to 128 in magnitude; use (b): 127 · 127 throughout.
        foreach (var (a, even, odd) in (ReadOnlySpan<(byte, sbyte, sbyte)>)
            [(255, 127, 1), (255, 64, 64), (255, -64, -64), (255, -127, -1), (255, 1, -127), (127, 127, 127), (127, -127, -127), (127, 127, -127)])
        {
            var buffers = new Buffers(5, 2, 275);
            buffers.A.Span.Fill(a);
            for (var i = 0; i < buffers.B.Length; i++) buffers.B.Span[i] = i % 2 == 0 ? even : odd;
            buffers.Compare(set);
        }
    }

    private static void Check(InstructionSet set, Random random, int rows, int panels, int groups, bool paired)
    {
        var buffers = new Buffers(rows, panels, groups);
        random.NextBytes(buffers.A.Span);
        if (!paired) foreach (ref var x in buffers.A.Span) x &= 127;
        for (var i = 0; i < buffers.B.Length; i += 2)
        {
            int first = random.Next(-127, 128), limit = paired ? 128 - Math.Abs(first) : 127;
            buffers.B.Span[i] = (sbyte)first;
            buffers.B.Span[i + 1] = (sbyte)Math.Clamp(random.Next(-limit, limit + 1), -127, 127);
        }
        for (var i = 0; i < buffers.Bias.Length; i++) buffers.Bias.Span[i] = random.Next(-1_000_000, 1_000_000);
        buffers.Compare(set);
    }

    private sealed class Buffers(int rows, int panels, int groups)
    {
        public PinnedArray<byte> A { get; } = new(rows * groups * 4);

        public PinnedArray<sbyte> B { get; } = new(panels * groups * Int8Product.GroupBytes);

        public PinnedArray<int> Bias { get; } = new(panels * Int8Product.PanelWidth);

        public void Compare(InstructionSet set)
        {
            var columns = panels * Int8Product.PanelWidth;
            var wanted = new PinnedArray<int>(rows * columns);
            var got = new PinnedArray<int>(rows * columns);
            var panelStride = (long)groups * Int8Product.GroupBytes;
            Int8Product.Multiply(A.Pointer, groups * 4, rows, B.Pointer, panelStride, panels, groups, Bias.Pointer, wanted.Pointer, columns, InstructionSet.Scalar);
            Int8Product.Multiply(A.Pointer, groups * 4, rows, B.Pointer, panelStride, panels, groups, Bias.Pointer, got.Pointer, columns, set);
            Assert.True(wanted.Span.SequenceEqual(got.Span), $"{set}: rows {rows}, panels {panels}, groups {groups}");
        }
    }
}
