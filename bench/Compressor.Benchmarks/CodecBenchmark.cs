using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Compressor.Benchmarks.Codecs;

namespace Compressor.Benchmarks;

/// <summary>
/// Compressing and decompressing sample texts beside zstd, Brotli, xz and bzip2, with ratio and MB/s. Every round trip is
/// verified before it is timed; codecs whose library the system lacks are left out with a line that says so.
/// </summary>
[Config(typeof(Columns))]
public class CodecBenchmark
{
    private byte[] _content = [], _data = [];

    [ParamsSource(nameof(Codecs))]
    public Codec Codec { get; set; } = null!;

    [ParamsSource(nameof(Samples))]
    public string Sample { get; set; } = "";

    public static IEnumerable<Codec> Codecs()
    {
        foreach (var codec in CodecCatalog.Defaults.Select(CodecCatalog.Find))
        {
            if (codec.Missing is { } reason) Console.Error.WriteLine($"// skipped {codec.Name}: {reason}");
            else yield return codec;
        }
    }

    public static IEnumerable<string> Samples => SampleTexts.Names;

    [GlobalSetup]
    public void Setup()
    {
        _content = SampleTexts.Make(Sample);
        _data = Codec.Compress(_content);
        if (!Codec.Decompress(_data, _content.Length).AsSpan().SequenceEqual(_content))
            throw new InvalidOperationException($"{Codec.Name} does not give back {Sample}");
    }

    [Benchmark]
    public byte[] Compress() => Codec.Compress(_content);

    [Benchmark]
    public byte[] Decompress() => Codec.Decompress(_data, _content.Length);

    private sealed class Columns : ManualConfig
    {
        public Columns()
        {
            AddColumn(new CaseColumn("Ratio to raw", (codec, content, _) => (double)content.Length / codec.Compress(content).Length));
            AddColumn(new CaseColumn("MB/s", (_, content, nanoseconds) => content.Length / nanoseconds * 1e3));
        }
    }

    /// <summary>A figure that follows from the case and its mean time.</summary>
    private sealed class CaseColumn(string name, Func<Codec, byte[], double, double> figure) : IColumn
    {
        public string Id => name;

        public string ColumnName => name;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => name;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            if (summary[benchmarkCase]?.ResultStatistics is not { } statistics) return "?";
            var codec = (Codec)benchmarkCase.Parameters[nameof(CodecBenchmark.Codec)];
            var content = SampleTexts.Make((string)benchmarkCase.Parameters[nameof(Sample)]);
            return figure(codec, content, statistics.Mean).ToString("G3", CultureInfo.InvariantCulture);
        }

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public bool IsAvailable(Summary summary) => true;
    }
}
