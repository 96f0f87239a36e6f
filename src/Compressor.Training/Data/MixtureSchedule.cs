namespace Compressor.Training.Data;

/// <summary>
/// Decides from which source each sequence of a run comes. A fixed number of places, in random order, is repeated for ever; every
/// source has as many of them as its share asks for. So shares hold over short stretches too, and how often a source had its turn
/// before some sequence is known without counting.
/// </summary>
internal sealed class MixtureSchedule
{
    /// <summary>Sequences after which the order begins again: shares are multiples of 1/1024.</summary>
    public const int Period = 1024;

    private readonly int[] _places = new int[Period];  // [place] → source
    private readonly int[] _earlier = new int[Period]; // [place] → places before it of the same source
    private readonly int[] _counts;                    // [source] → its places

    /// <param name="parts">What part each source has; every source has at least one place of the <see cref="Period"/>.</param>
    /// <param name="random">Decides the order.</param>
    public MixtureSchedule(ReadOnlySpan<UInt128> parts, DeterministicRandom random)
    {
        _counts = Places(parts);
        for (int source = 0, place = 0; source < _counts.Length; source++)
        {
            for (var i = 0; i < _counts[source]; i++)
                _places[place++] = source;
        }

        for (var i = Period - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (_places[i], _places[j]) = (_places[j], _places[i]);
        }

        var seen = new int[_counts.Length];
        for (var place = 0; place < Period; place++)
            _earlier[place] = seen[_places[place]]++;
    }

    /// <summary>Where the sequence with this number (from 0) comes from, and how many of that source came before it.</summary>
    public (int Source, long Index) this[long sequence]
    {
        get
        {
            var (round, place) = Math.DivRem(sequence, Period);
            var source = _places[place];
            return (source, round * _counts[source] + _earlier[place]);
        }
    }

    /// <summary>One place each, and the rest in proportion, largest remainders first (ties go to the earlier source).</summary>
    private static int[] Places(ReadOnlySpan<UInt128> parts)
    {
        UInt128 total = 0;
        foreach (var part in parts)
            total += part;
        var counts = new int[parts.Length];
        var remainders = new (UInt128 Remainder, int Source)[parts.Length];
        int rest = Period - parts.Length, left = rest;
        for (var source = 0; source < parts.Length; source++)
        {
            var (whole, remainder) = UInt128.DivRem(parts[source] * (uint)rest, total);
            counts[source] = 1 + (int)whole;
            left -= (int)whole;
            remainders[source] = (remainder, source);
        }

        foreach (var (_, source) in remainders.OrderByDescending(r => r.Remainder).ThenBy(r => r.Source).Take(left))
            counts[source]++;
        return counts;
    }
}
