using BenchmarkDotNet.Attributes;
using Compressor.Kernels;

namespace Compressor.Benchmarks;

/// <summary>
/// The coded path's matrix product at the shapes of en-fast and of a model twice as wide, on every instruction set that the machine
/// has. Verified against the scalar definition, then timed; <see cref="Int8PeakBenchmark"/> is the roof.
/// </summary>
[Config(typeof(OperationRateConfig))]
public unsafe class Int8ProductBenchmark : ICountsOperations
{
    private PackedMatrix _matrix = null!;
    private PinnedArray<byte> _rows = null!;
    private PinnedArray<int> _result = null!;
    private InstructionSet _set;

    /// <summary>Outputs × inputs.</summary>
    [Params("4096x128", "640x128", "128x640", "128x128", "4096x256", "1024x256", "256x1024")]
    public string Shape { get; set; } = "";

    /// <summary>Decoding has a row a lane, encoding 32.</summary>
    [Params(1, 8, 16, 32)]
    public int Rows { get; set; }

    [ParamsSource(nameof(Sets))]
    public string Set { get; set; } = "";

    public static IEnumerable<string> Sets =>
        Enum.GetValues<InstructionSet>().Where(set => set != InstructionSet.Scalar && InstructionSets.IsSupported(set)).Select(set => set.ToString());

    public double Operations => 2.0 * Rows * Outputs * Inputs;

    private int Outputs => int.Parse(Shape.Split('x')[0]);

    private int Inputs => int.Parse(Shape.Split('x')[1]);

    [GlobalSetup]
    public void Setup()
    {
        _set = Enum.Parse<InstructionSet>(Set);
        var random = new Random(1);
        var weights = new sbyte[Outputs * Inputs];
        for (var i = 0; i < weights.Length; i++) weights[i] = (sbyte)random.Next(-64, 65);
        _matrix = new PackedMatrix(weights, new float[Outputs], Outputs, Inputs, signedInput: true);
        _rows = new PinnedArray<byte>(Rows * Inputs);
        random.NextBytes(_rows.Span);
        _result = new PinnedArray<int>(Rows * Outputs);

        _matrix.Multiply(_rows.Pointer, Rows, _result.Pointer, InstructionSet.Scalar);
        var wanted = _result.Span.ToArray();
        Multiply();
        if (!_result.Span.SequenceEqual(wanted)) throw new InvalidOperationException($"{Set} disagrees with the definition at {Shape}");
    }

    [Benchmark]
    public void Multiply() => _matrix.Multiply(_rows.Pointer, Rows, _result.Pointer, _set);
}
