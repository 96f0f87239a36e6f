using System.Runtime.Intrinsics.X86;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// What byte followed each context last, and how often in a row: what a bit history cannot tell, since it sees one decision of a byte only (the run
/// model of the PAQ family). One hashed table of 32-bit entries for all contexts: a check of 16 bits, the byte, and the length of its run.
/// </summary>
internal sealed unsafe class RunHistory : IDisposable
{
    /// <summary>Runs are told apart up to this.</summary>
    private const int MaxRun = 15;

    private const int Limit = 255;

    private readonly ZeroedArray<uint> _entries;
    private readonly int _shift;
    private readonly int[] _expected;   // [contexts] the byte that followed last, times 16, plus the length of its run; 0 where nothing is known
    private readonly int[] _asked;      // [contexts] the cell of the map that was asked, times 2, plus the bit that is expected; −1 for none
    private readonly AdaptiveMap _map;  // [contexts, MaxRun + 1, 8] by run and depth, that the expected bit is right

    /// <param name="contexts">Contexts.</param>
    /// <param name="bits">log2 of the entries.</param>
    public RunHistory(int contexts, int bits)
    {
        _entries = new ZeroedArray<uint>(1L << bits);
        _shift = 32 - bits;
        _expected = new int[contexts];
        _asked = new int[contexts];
        var cells = contexts * (MaxRun + 1) * 8;
        _map = new AdaptiveMap(cells, Limit);
        for (var i = 0; i < cells; i++) *_map[i] = AdaptiveProbability.Seed(Logistic.One * 3 / 4);
    }

    /// <summary>Asks for the memory of a context ahead of <see cref="Find"/>.</summary>
    public void Prefetch(uint hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_entries.Pointer + (hash >> _shift));
    }

    /// <summary>Looks up what followed the contexts of the next byte.</summary>
    /// <param name="hashes">[contexts] high bits choose the entry, the low 16 check it.</param>
    public void Find(uint[] hashes)
    {
        for (var i = 0; i < hashes.Length; i++)
        {
            var entry = _entries.Pointer[hashes[i] >> _shift];
            _expected[i] = entry >> 16 == (hashes[i] & 0xFFFF) ? (int)(entry & 0xFFF) : 0;
        }
    }

    /// <summary>The logit of the next bit by one context; 0 where nothing is known or the byte differs already.</summary>
    /// <param name="context">Which.</param>
    /// <param name="node">The bits of the byte so far, with a leading 1.</param>
    /// <param name="depth">How many they are.</param>
    public int Ask(int context, int node, int depth)
    {
        int run = _expected[context] & MaxRun, value = _expected[context] >> 4;
        if (run == 0 || (value | 256) >> 8 - depth != node)
        {
            _asked[context] = -1;
            return 0;
        }

        int cell = (context * (MaxRun + 1) + run) * 8 + depth, bit = value >> 7 - depth & 1;
        _asked[context] = cell * 2 + bit;
        var logit = Logistic.Stretch(_map.Predict(cell));
        return bit == 1 ? logit : -logit;
    }

    /// <summary>Learns the bit that was asked about last.</summary>
    public void Update(int bit)
    {
        foreach (var asked in _asked)
        {
            if (asked >= 0) _map.Update(asked >> 1, (asked & 1) == bit ? 1 : 0);
        }
    }

    /// <summary>Learns the byte that followed the contexts.</summary>
    /// <param name="hashes">As of <see cref="Find"/>.</param>
    /// <param name="value">The byte.</param>
    public void Learn(uint[] hashes, byte value)
    {
        foreach (var hash in hashes)
        {
            var entry = _entries.Pointer + (hash >> _shift);
            var repeats = *entry >> 16 == (hash & 0xFFFF) && (byte)(*entry >> 4) == value;
            *entry = hash << 16 | (uint)value << 4 | (repeats ? Math.Min((*entry & MaxRun) + 1, MaxRun) : 1);
        }
    }

    public void Dispose()
    {
        _entries.Dispose();
        _map.Dispose();
    }
}
