using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Compressor.Benchmarks;

/// <summary>A benchmark that knows how many operations (a multiplication or an addition each) a call is.</summary>
public interface ICountsOperations
{
    double Operations { get; }
}

/// <summary>Short runs in this process.</summary>
public class ShortRunConfig : ManualConfig
{
    public ShortRunConfig() => AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
}

/// <summary>Short runs in this process, with a column that says how many operations a second that is.</summary>
public sealed class OperationRateConfig : ShortRunConfig
{
    public OperationRateConfig() => AddColumn(new RateColumn());

    private sealed class RateColumn : IColumn
    {
        public string Id => nameof(RateColumn);

        public string ColumnName => "GOP/s";

        public string Legend => "10^9 multiplications and additions a second";

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
        {
            if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
                return "?";
            var type = benchmarkCase.Descriptor.Type;
            var instance = (ICountsOperations)Activator.CreateInstance(type)!;
            foreach (var parameter in benchmarkCase.Parameters.Items)
                type.GetProperty(parameter.Name)!.SetValue(instance, parameter.Value);
            return (instance.Operations / statistics.Mean).ToString("F0", style.CultureInfo);
        }
    }
}
