namespace Compressor.Records;

/// <summary>
/// Chooses samples for a dictionary: those whose strings of eight bytes occur in most other samples and are not in the dictionary yet, for their length.
/// The order is the same on every machine.
/// </summary>
internal static class DictionaryTrainer
{
    private const int StringLength = 8, HashBits = 22;

    /// <summary>Strings in more samples than this count as in this many, so that what all have does not outweigh what many have.</summary>
    private const int MaxCount = 64;

    /// <summary>Bytes of samples that are looked at.</summary>
    private const long MaxInput = 1 << 28;

    /// <returns>The samples, the best last.</returns>
    public static List<ReadOnlyMemory<byte>> Choose(IReadOnlyList<ReadOnlyMemory<byte>> samples, int maxLength)
    {
        samples = Spread(samples);
        var counts = CountSamples(samples);
        var queue = new PriorityQueue<int, (long Value, int Index)>();
        for (var i = 0; i < samples.Count; i++)
            Enqueue(i);
        var chosen = new List<ReadOnlyMemory<byte>>();
        var room = maxLength - DictionaryContent.FixedCost;
        while (queue.TryDequeue(out var i, out var priority))
        {
            var cost = DictionaryContent.CostOf(samples[i].Length);
            if (cost > room)
                continue;

            // Values only fall: one that is still what it was is the highest of all.
            if (ValueOf(samples[i].Span, counts) != -priority.Value)
            {
                Enqueue(i);
                continue;
            }

            room -= cost;
            chosen.Add(samples[i]);
            foreach (var hash in HashesOf(samples[i].Span))
                counts[hash] = 0;
        }

        chosen.Reverse();
        return chosen;

        void Enqueue(int i) => queue.Enqueue(i, (-ValueOf(samples[i].Span, counts), i));
    }

    /// <summary>All samples, or as many as are looked at, from everywhere.</summary>
    private static IReadOnlyList<ReadOnlyMemory<byte>> Spread(IReadOnlyList<ReadOnlyMemory<byte>> samples)
    {
        var total = samples.Sum(sample => (long)sample.Length);
        var step = (int)(total / MaxInput) + 1;
        return step == 1 ? samples : [.. samples.Where((_, i) => i % step == 0)];
    }

    /// <summary>In how many samples each string is.</summary>
    private static byte[] CountSamples(IReadOnlyList<ReadOnlyMemory<byte>> samples)
    {
        var counts = new byte[1 << HashBits];
        var last = new int[1 << HashBits];
        for (var i = 0; i < samples.Count; i++)
        {
            foreach (var hash in HashesOf(samples[i].Span))
            {
                if (last[hash] == i + 1)
                    continue;
                last[hash] = i + 1;
                counts[hash] = (byte)Math.Min(counts[hash] + 1, MaxCount);
            }
        }

        return counts;
    }

    /// <summary>What a sample would add, in 1/1024 of a string and byte of its length.</summary>
    private static long ValueOf(ReadOnlySpan<byte> sample, byte[] counts)
    {
        var value = 0L;
        foreach (var hash in HashesOf(sample))
            value += counts[hash] > 1 ? counts[hash] : 0;   // in no other sample: of no use
        return (value << 10) / (sample.Length + StringLength);
    }

    private static HashEnumerator HashesOf(ReadOnlySpan<byte> sample) => new(sample);

    /// <summary>The hashes of all strings of a sample.</summary>
    private ref struct HashEnumerator(ReadOnlySpan<byte> sample)
    {
        private readonly ReadOnlySpan<byte> _sample = sample;
        private int _start = -1;

        public readonly int Current =>
            (int)((System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(_sample[_start..]) * 0x9E3779B97F4A7C15ul) >> (64 - HashBits));

        public readonly HashEnumerator GetEnumerator() => this;

        public bool MoveNext() => ++_start + StringLength <= _sample.Length;
    }
}
