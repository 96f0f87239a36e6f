using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Compressor.Benchmarks.Pages;

namespace Compressor.Benchmarks.Records;

/// <summary><c>records FILE…</c>: sizes and speed of containers of records beside zstd with a trained dictionary and Brotli.</summary>
internal static class RecordsCommand
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Name = "records";

    public const string Usage = """
        usage: records FILE… [--page PAGE]
          FILE    records, one a line; most are for training dictionaries, some are compressed
          --page  put the tables into the sections of PAGE in place of standard output
        """;

    private const int RandomReads = 2000;
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(0.7);

    public static int Run(string[] arguments)
    {
        string? page = null;
        var files = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--page": page = ++i < arguments.Length ? arguments[i] : throw new ArgumentException("--page needs a value"); break;
                case var file when File.Exists(file): files.Add(file); break;
                case var path: throw new ArgumentException($"there is no '{path}'");
            }
        }

        if (files.Count == 0)
            throw new ArgumentException("which files?");
        if (page is not null)
            MarkedPage.Require(page, ["sizes", "speed"]);
        var sizes = new MarkdownTable("records", "number", "bytes each", "zstd -19 with dictionary", "Brotli", "level 1", "2", "3", "3 together", "3 / zstd", "3 together / zstd");
        var speed = new MarkdownTable("records", "level", "records/s written", "records/s read", "one record: p50 µs", "p99 µs", "value: µs", "allocated bytes", "prepare ms", "memory MB");
        foreach (var file in files)
            Measure(RecordSet.Read(file), sizes, speed);
        var sections = new Dictionary<string, string> { ["sizes"] = sizes.ToString(), ["speed"] = speed.ToString() };
        if (page is null)
            Console.Write(string.Join('\n', sections.Values));
        else
            MarkedPage.Update(page, TypedCommand.Of(Name, arguments.Select(Path.GetFileName)!), sections);
        return 0;
    }

    private static void Measure(RecordSet set, MarkdownTable sizes, MarkdownTable speed)
    {
        var zstd = ZstdRecords.SizeOf(set);
        var content = LmzDictionary.Train([.. set.Samples.Select(sample => (ReadOnlyMemory<byte>)sample)]).ToArray();
        var alone = new long[LmzRecordOptions.MaxLevel + 1];
        for (var level = LmzRecordOptions.MinLevel; level <= LmzRecordOptions.MaxLevel; level++)
        {
            var memory = Environment.WorkingSet;
            var dictionary = new LmzDictionary(content);
            var options = new LmzRecordOptions { Level = level, Dictionary = dictionary };
            var prepare = Stopwatch.StartNew();
            LmzBatch.Compress([], dictionary, level);
            var prepared = prepare.Elapsed.TotalMilliseconds;
            var data = Write(set, options);
            alone[level] = data.Length;
            var written = RateOf(set.Tests.Length, () => Write(set, options));
            using var reader = new LmzRecordReader(new MemoryStream(data), dictionary);
            if (!reader.ReadRange().Select(record => record.Content).Zip(set.Tests).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
                throw new InvalidDataException($"{set.Name}: a record does not come back");
            var read = RateOf(set.Tests.Length, () => _ = reader.ReadRange().Count());
            var (p50, p99) = LatencyOf(reader);
            var (value, allocated) = ValueCost(set, dictionary, level);
            speed.Add(set.Name, Text(level), Text(written), Text(read), Text(p50), Text(p99), Text(value), Text(allocated), Text(prepared), Text((Environment.WorkingSet - memory) / 1e6));
        }

        var together = Write(set, new LmzRecordOptions { Dictionary = new LmzDictionary(content), Together = true }).Length;
        var brotli = set.Tests.Sum(BrotliSizeOf);
        sizes.Add(set.Name, Text(set.Tests.Length), Text(set.TestBytes / set.Tests.Length), Text(zstd), Text(brotli), Text(alone[1]), Text(alone[2]), Text(alone[3]), Text(together),
            Ratio(alone[3], zstd), Ratio(together, zstd));
    }

    private static byte[] Write(RecordSet set, LmzRecordOptions options)
    {
        using var stream = new MemoryStream();
        using (var writer = new LmzRecordWriter(stream, options, leaveOpen: true))
        {
            foreach (var record in set.Tests)
                writer.Add(record);
        }

        return stream.ToArray();
    }

    /// <summary>Items a second.</summary>
    private static double RateOf(int items, Action work)
    {
        work();
        var (clock, rounds) = (Stopwatch.StartNew(), 0);
        for (; clock.Elapsed < LeastTime; rounds++)
            work();
        return items * rounds / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Microseconds of reading one record, by its number.</summary>
    private static (double Median, double Last) LatencyOf(LmzRecordReader reader)
    {
        var random = new Random(1);
        var times = new double[RandomReads];
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            reader.Read(random.NextInt64(reader.Count));
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return (times[times.Length / 2], times[times.Length * 99 / 100]);
    }

    /// <summary>Microseconds of compressing a single value on one thread, and the bytes that are allocated beside the result.</summary>
    private static (double Time, long Allocated) ValueCost(RecordSet set, LmzDictionary dictionary, int level)
    {
        var results = 0L;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        foreach (var record in set.Tests)
            results += LmzBatch.Compress(record, dictionary, level).Length + 24;
        var time = Stopwatch.GetElapsedTime(start).TotalMicroseconds / set.Tests.Length;
        return (time, Math.Max(0, GC.GetAllocatedBytesForCurrentThread() - before - results) / set.Tests.Length);
    }

    private static long BrotliSizeOf(byte[] record)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(record.Length)];
        return BrotliEncoder.TryCompress(record, packed, out var length, quality: 11, window: 22) ? length : throw new InvalidOperationException("Brotli fails.");
    }

    private static string Text(double value) => value.ToString("F0", CultureInfo.InvariantCulture);

    private static string Ratio(long part, long whole) => ((double)part / whole).ToString("F2", CultureInfo.InvariantCulture);
}
