using System.Text;

namespace Compressor.Tests;

/// <summary>Containers of records: what is written comes back, whatever the records; what is damaged, cut or foreign is named and costs no more than its group.</summary>
public sealed class RecordTests
{
    private static readonly LmzDictionary Dictionary = LmzDictionary.Train([.. Enumerable.Range(1000, 200).Select(Json)], 1 << 13);

    public static TheoryData<int, bool, bool, bool, bool> Forms { get; } = new()
    {
        { 1, false, false, false, true },
        { 1, true, true, true, true },
        { 2, true, false, true, true },
        { 2, false, true, false, false },
        { 3, false, false, true, true },
        { 3, true, false, false, false },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void AnyRecordsComeBack(int level, bool together, bool check, bool keyed, bool withDictionary)
    {
        var dictionary = withDictionary ? Dictionary : null;
        var options = new LmzRecordOptions { Level = level, Together = together, CheckRecords = check, Keyed = keyed, Dictionary = dictionary, GroupSize = 7, Threads = 2 };
        var random = new Random(level);
        byte[][] records = [.. Enumerable.Range(0, 60).Select(i => Any(random, i))];
        var data = Write(records, options, keyed ? i => (i * 1000L) - 20_000 : null);
        using var reader = new LmzRecordReader(new MemoryStream(data), dictionary);
        Assert.Equal(records.Length, reader.Count);
        Assert.Equal(records, reader.ReadRange().Select(record => record.Content));
        foreach (var number in (long[])[0, 6, 7, 31, 59])
            Assert.Equal(records[number], reader.Read(number));
        Assert.Equal(Enumerable.Range(5, 20).Select(i => (long)i), reader.ReadRange(5, 20).Select(record => record.Number));
        if (keyed)
            Assert.Equal([10L, 11L, 12L], reader.ReadKeys(-10_500, -8_000).Select(record => record.Number));
    }

    [Fact]
    public void WhatIsWrittenDoesNotDependOnThreads()
    {
        byte[][] records = [.. Enumerable.Range(0, 100).Select(i => Json(i).ToArray())];
        var options = new LmzRecordOptions { Level = 1, Dictionary = Dictionary, GroupSize = 5 };
        Assert.Equal(Write(records, options with { Threads = 1 }), Write(records, options with { Threads = 4 }));
    }

    /// <summary>A copy that was used for other records, long ones among them, codes as a fresh one does.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ARecordDoesNotDependOnThoseBefore(int level)
    {
        var random = new Random(1);
        var noise = new byte[60_000];
        random.NextBytes(noise);
        var alone = Write([Json(5).ToArray()], new LmzRecordOptions { Level = level, Dictionary = new LmzDictionary(Dictionary.ToArray()), GroupSize = 1 });
        var options = new LmzRecordOptions { Level = level, Dictionary = Dictionary, GroupSize = 1, Threads = 1 };
        Write([noise, Json(3).ToArray(), [], noise], options);
        Assert.Equal(alone, Write([Json(5).ToArray()], options));
    }

    [Fact]
    public void ARecordCostsLittleMoreThanItsBits()
    {
        byte[][] records = [.. Enumerable.Range(0, 256).Select(i => Json(i).ToArray())];
        var one = Write(records[..1], new LmzRecordOptions { Dictionary = Dictionary, GroupSize = 256 }).Length;
        var empty = Write([.. Enumerable.Repeat(Array.Empty<byte>(), 1000)], new LmzRecordOptions { Dictionary = Dictionary, GroupSize = 1000 }).Length;
        Assert.InRange(one, 1, 90);
        Assert.InRange(empty, 1, 4100);
        var json = Write(records, new LmzRecordOptions { Dictionary = Dictionary, Together = true, GroupSize = 256 }).Length;
        Assert.InRange(json, 1, 256 * 12);
    }

    [Fact]
    public void AMillionEmptyRecordsAreFew()
    {
        var data = Write(Enumerable.Repeat(Array.Empty<byte>(), 1_000_000), new LmzRecordOptions { Level = 1, Together = true, GroupSize = LmzRecordOptions.MaxGroupSize });
        Assert.InRange(data.Length, 1, 4000);
        using var reader = new LmzRecordReader(new MemoryStream(data));
        Assert.Equal(1_000_000, reader.Count);
        Assert.Empty(reader.Read(999_999));
    }

    [Fact]
    public void ATooLongRecordIsRefused()
    {
        using var writer = new LmzRecordWriter(Stream.Null);
        Assert.Throws<ArgumentException>(() => writer.Add(new byte[LmzRecordOptions.MaxRecordLength + 1]));
        Assert.Throws<ArgumentException>(() => writer.Add([1], key: 5));
        Assert.Equal(0, writer.Count);
    }

    [Fact]
    public void AnotherDictionaryIsRefusedByName()
    {
        var data = Write([[1, 2]], new LmzRecordOptions { Dictionary = Dictionary });
        var other = new LmzDictionary("changed since"u8);
        var e = Assert.Throws<DictionaryNotFoundException>(() => new LmzRecordReader(new MemoryStream(data), other));
        Assert.Equal(Dictionary.Id, e.Needed);
        Assert.Throws<DictionaryNotFoundException>(() => new LmzRecordReader(new MemoryStream(data)));
        Assert.Equal(Dictionary.Id, LmzRecordReader.ReadInfo(new MemoryStream(data)).DictionaryId);
    }

    [Fact]
    public void AppendingGoesOn()
    {
        using var file = new TemporaryFile();
        byte[][] records = [.. Enumerable.Range(0, 90).Select(i => Json(i).ToArray())];
        for (var start = 0; start < records.Length; start += 30)
        {
            using var writer = LmzRecordWriter.Open(file.Path, new LmzRecordOptions { Level = 1, Dictionary = Dictionary, GroupSize = 8 });
            Assert.Equal(start, writer.Count);
            foreach (var record in records[start..(start + 30)])
                writer.Add(record);
        }

        using var reader = LmzRecordReader.Open(file.Path, Dictionary);
        Assert.Equal(records, reader.ReadRange().Select(record => record.Content));
        Assert.Equal(0, reader.Info.UnfinishedBytes);
    }

    [Fact]
    public void ReadersSeeWhatIsAppended()
    {
        using var file = new TemporaryFile();
        using var writer = LmzRecordWriter.Open(file.Path, new LmzRecordOptions { Level = 1 });
        writer.Flush();
        using var reader = LmzRecordReader.Open(file.Path);
        Assert.Equal(0, reader.Count);
        for (var i = 0; i < 5; i++)
        {
            writer.Add(Json(i).Span);
            writer.Flush();
            Assert.Equal(i + 1, reader.Refresh());
            Assert.Equal(Json(i).ToArray(), reader.Read(i));
        }
    }

    /// <summary>A writer that is killed leaves a container that ends anywhere: what was whole is there, and appending goes on after it.</summary>
    [Fact]
    public void AThousandKillsCostTheLastGroupOnly()
    {
        byte[][] records = [.. Enumerable.Range(0, 60).Select(i => Json(i).ToArray())];
        var options = new LmzRecordOptions { Level = 1, Dictionary = Dictionary, GroupSize = 6, Threads = 1 };
        var whole = new MemoryStream();
        var ends = new List<(long Offset, int Count)> { (0, 0) };
        using (var writer = new LmzRecordWriter(whole, options, leaveOpen: true))
        {
            ends.Add((whole.Length, 0));
            for (var i = 0; i < records.Length; i++)
            {
                writer.Add(records[i]);
                if (whole.Length != ends[^1].Offset)
                    ends.Add((whole.Length, i + 1));
            }
        }

        var data = whole.ToArray();
        var random = new Random(3);
        using var file = new TemporaryFile();
        for (var kill = 0; kill < 1000; kill++)
        {
            // In some, the file has its length but not all of its bytes.
            var cut = random.Next(data.Length);
            var zeros = kill % 4 == 0 ? random.Next(100) : 0;
            File.WriteAllBytes(file.Path, [.. data[..cut], .. new byte[zeros]]);
            var kept = ends.Last(end => end.Offset <= cut).Count;
            if (zeros > 0 && cut < 20)
                continue;   // no header
            using (var writer = LmzRecordWriter.Open(file.Path, options))
            {
                Assert.Equal(kept, writer.Count);
                writer.Add("after"u8);
            }

            using var reader = LmzRecordReader.Open(file.Path, Dictionary);
            Assert.Equal(kept + 1, reader.Count);
            Assert.Equal("after"u8.ToArray(), reader.Read(kept));
            if (kept > 0)
                Assert.Equal(records[kept - 1], reader.Read(kept - 1));
        }
    }

    /// <summary>Any change of a byte is found, costs one group, and the rest is readable and can be recovered.</summary>
    [Fact]
    public void DamageCostsItsGroup()
    {
        byte[][] records = [.. Enumerable.Range(0, 48).Select(i => Json(i).ToArray())];
        var data = Write(records, new LmzRecordOptions { Level = 1, Dictionary = Dictionary, GroupSize = 6 });
        var header = 20;
        for (var at = header; at < data.Length; at += 5)
        {
            var damaged = data.ToArray();
            damaged[at] ^= 0x55;
            var copy = new MemoryStream();
            var info = LmzRecordReader.Recover(new MemoryStream(damaged), copy);
            Assert.True(info.Count - info.MissingRecords >= records.Length - 6, $"at {at}: {info}");
            using var reader = new LmzRecordReader(copy, Dictionary);
            foreach (var record in reader.ReadRange())
                Assert.Equal(records[record.Number], record.Content);
            Assert.Equal(info.Count - info.MissingRecords, reader.ReadRange().LongCount());
        }
    }

    [Fact]
    public void ADamagedHeaderIsRefused()
    {
        var data = Write([Json(1).ToArray()], new LmzRecordOptions { Level = 1, Dictionary = Dictionary });
        for (var at = 0; at < 20; at++)
        {
            var damaged = data.ToArray();
            damaged[at] ^= 1;
            Assert.Throws<InvalidDataException>(() => new LmzRecordReader(new MemoryStream(damaged), Dictionary));
            Assert.Throws<InvalidDataException>(() => new LmzRecordReader(new MemoryStream(data[..at]), Dictionary));
        }
    }

    [Fact]
    public void AMissingRecordIsNamed()
    {
        var data = Write([.. Enumerable.Range(0, 30).Select(i => Json(i).ToArray())], new LmzRecordOptions { Level = 1, GroupSize = 10 });
        using var reader = new LmzRecordReader(new MemoryStream(data));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(30));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(-1));
        data[data.Length / 3] ^= 1;
        using var damaged = new LmzRecordReader(new MemoryStream(data));
        var lost = Enumerable.Range(0, 30).Where(i => Record.Exception(() => damaged.Read(i)) is InvalidDataException).ToArray();
        Assert.InRange(lost.Length, 1, 10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SingleValuesComeBack(int level)
    {
        var random = new Random(9);
        for (var i = 0; i < 40; i++)
        {
            var value = Any(random, i);
            var packed = LmzBatch.Compress(value, Dictionary, level);
            Assert.InRange(packed.Length, 1, value.Length + 2);
            Assert.Equal(value, LmzBatch.Decompress(packed, Dictionary));
        }

        var other = new LmzDictionary("changed since"u8);
        Assert.Throws<InvalidDataException>(() => LmzBatch.Decompress(LmzBatch.Compress(Json(1).Span, Dictionary, level), other));
        Assert.Throws<InvalidDataException>(() => LmzBatch.Decompress([], Dictionary));
    }

    [Fact]
    public void ATrainedDictionaryIsOfSamples()
    {
        Assert.Equal(Dictionary.Id, LmzDictionary.Train([.. Enumerable.Range(1000, 200).Select(Json)], 1 << 13).Id);
        Assert.InRange(Dictionary.ToArray().Length, 1 << 12, 1 << 13);
        Assert.Throws<ArgumentException>(() => LmzDictionary.Train([new byte[100]], 50));
    }

    private static ReadOnlyMemory<byte> Json(int i) =>
        Encoding.UTF8.GetBytes($"{{\"id\":{i * 7919 % 100_000},\"user\":\"user{i % 17}\",\"action\":\"{(i % 3 == 0 ? "opened" : "closed")}\",\"at\":\"2026-01-{1 + (i % 28):00}T10:00:00Z\"}}");

    /// <summary>JSON, text of several lines, line ends alone, bytes that are no text, nothing.</summary>
    private static byte[] Any(Random random, int i)
    {
        var bytes = new byte[random.Next(300)];
        random.NextBytes(bytes);
        return (i % 6) switch
        {
            0 => Json(i).ToArray(),
            1 => [.. Json(i).Span, (byte)'\n', .. Json(i + 1).Span, (byte)'\n'],
            2 => [.. Enumerable.Repeat((byte)'\n', random.Next(5))],
            3 => bytes,
            4 => [],
            _ => [.. Enumerable.Repeat(Json(i).ToArray(), 20).SelectMany(part => part)],
        };
    }

    private static byte[] Write(IEnumerable<byte[]> records, LmzRecordOptions options, Func<int, long>? key = null)
    {
        var stream = new MemoryStream();
        using (var writer = new LmzRecordWriter(stream, options, leaveOpen: true))
        {
            foreach (var (i, record) in records.Index())
                Assert.Equal(i, writer.Add(record, key?.Invoke(i) ?? 0));
        }

        return stream.ToArray();
    }

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
