using BenchmarkDotNet.Attributes;

namespace Compressor.Benchmarks;

/// <summary>
/// A thousand small records, in a loop over <see cref="Lmz"/> and in one call of <see cref="LmzBatch"/>. The figures are of one record.
/// Verified: both ways give the same frames, and the records back.
/// </summary>
[Config(typeof(ShortRunConfig))]
public class BatchBenchmark
{
    private const int Count = 1000;
    private byte[][] _records = [], _packed = [];

    /// <summary>What the records are.</summary>
    [Params("prose", "json")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _records = SampleTexts.Records(Kind, Count);
        _packed = CompressBatch();
        if (!_packed.SelectMany(data => data).SequenceEqual(CompressLoop().SelectMany(data => data)))
            throw new InvalidOperationException("A frame of the batch is not that of the record alone.");
        foreach (var contents in (byte[][][])[DecompressLoop(), DecompressBatch()])
        {
            if (!contents.Zip(_records).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
                throw new InvalidOperationException("A record does not come back.");
        }
        Console.WriteLine($"// {Count} records, {_records.Sum(record => record.Length)} -> {_packed.Sum(data => data.Length)} bytes");
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public byte[][] CompressLoop() => [.. _records.Select(record => Lmz.Compress(record))];

    [Benchmark(OperationsPerInvoke = Count)]
    public byte[][] CompressBatch() => LmzBatch.Compress(_records);

    [Benchmark(OperationsPerInvoke = Count)]
    public byte[][] DecompressLoop() => [.. _packed.Select(data => Lmz.Decompress(data))];

    [Benchmark(OperationsPerInvoke = Count)]
    public byte[][] DecompressBatch() => LmzBatch.Decompress(_packed);
}
