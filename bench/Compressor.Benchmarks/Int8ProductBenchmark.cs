using BenchmarkDotNet.Attributes;
using Compressor.Kernels;

namespace Compressor.Benchmarks;

/// <summary>The coded path's matrix product at the shapes of en-fast, on every instruction set that the machine has. Verified, then timed.</summary>
/// <remarks>Operations: 2 · rows · outputs · inputs; 16 rows are what decoding with 16 lanes has.</remarks>
public unsafe class Int8ProductBenchmark
{
    private const int Rows = 16;
    private PackedMatrix _matrix = null!;
    private PinnedArray<byte> _rows = null!;
    private PinnedArray<int> _result = null!;
    private InstructionSet _set;

    /// <summary>Outputs × inputs.</summary>
    [Params("4096x128", "640x128", "128x640", "128x128")]
    public string Shape { get; set; } = "";

    [ParamsSource(nameof(Sets))]
    public string Set { get; set; } = "";

    public static IEnumerable<string> Sets => Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported).Select(set => set.ToString());

    [GlobalSetup]
    public void Setup()
    {
        _set = Enum.Parse<InstructionSet>(Set);
        int[] sizes = [.. Shape.Split('x').Select(int.Parse)];
        var random = new Random(1);
        sbyte[] weights = new sbyte[sizes[0] * sizes[1]];
        for (int i = 0; i < weights.Length; i++) weights[i] = (sbyte)random.Next(-64, 65);
        _matrix = new PackedMatrix(weights, new float[sizes[0]], sizes[0], sizes[1], signedInput: true);
        _rows = new PinnedArray<byte>(Rows * sizes[1]);
        random.NextBytes(_rows.Span);
        _result = new PinnedArray<int>(Rows * sizes[0]);

        _matrix.Multiply(_rows.Pointer, Rows, _result.Pointer, InstructionSet.Scalar);
        int[] wanted = _result.Span.ToArray();
        Multiply();
        if (!_result.Span.SequenceEqual(wanted)) throw new InvalidOperationException($"{Set} disagrees with the definition at {Shape}");
    }

    [Benchmark]
    public void Multiply() => _matrix.Multiply(_rows.Pointer, Rows, _result.Pointer, _set);
}
