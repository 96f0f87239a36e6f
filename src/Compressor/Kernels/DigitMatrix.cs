namespace Compressor.Kernels;

/// <summary>
/// A weight matrix of int8 for rows of digits (<see cref="DigitKernels"/>): panels of <see cref="Int8Product"/>, a scale an output, and for a few outputs what their
/// eight bits leave over, as further rows with scales of their own. Immutable; shared by threads.
/// </summary>
/// <remarks>
/// A row whose largest weight is far above the others loses those to rounding. Such a row has a second one, the rest of the first, and its output is the sum of
/// both: 16 bits where they are needed, at the price of one output.
/// </remarks>
internal sealed unsafe class DigitMatrix
{
    /// <summary>Outputs that are computed at a time: their 32-bit products stay in the first-level cache.</summary>
    private const int ChunkPanels = 4;

    /// <param name="outputs">Outputs, at least 1.</param>
    /// <param name="inputs">Inputs, a multiple of 32, below 65536.</param>
    /// <param name="panels">[panels, inputs / 4, 32, 4]: those of the outputs, the last filled up with copies of the last output, then those of the rests.</param>
    /// <param name="scales">[32 · panels] of each row.</param>
    /// <param name="starts">[32 · panels] −64 · Σ of each row, which takes the offset of the digits off again.</param>
    /// <param name="rests">The outputs that have a rest, in ascending order.</param>
    public DigitMatrix(int outputs, int inputs, NativeData<sbyte> panels, NativeData<float> scales, NativeData<int> starts, NativeData<int> rests)
    {
        (Outputs, Inputs, Panels, Scales, Starts, Rests) = (outputs, inputs, panels, scales, starts, rests);
        PaddedOutputs = Padded(outputs);
    }

    /// <summary>Outputs.</summary>
    public int Outputs { get; }

    /// <summary>Outputs that a product has: a multiple of 32.</summary>
    public int PaddedOutputs { get; }

    /// <summary>Inputs.</summary>
    public int Inputs { get; }

    /// <summary>The weights.</summary>
    public NativeData<sbyte> Panels { get; }

    /// <summary>Scales of the rows.</summary>
    public NativeData<float> Scales { get; }

    /// <summary>Start values of the products.</summary>
    public NativeData<int> Starts { get; }

    /// <summary>Outputs with a second row.</summary>
    public NativeData<int> Rests { get; }

    /// <summary>Integers of scratch that <see cref="Multiply"/> needs for so many rows.</summary>
    public static long ScratchLength(int rows) => 2L * rows * ChunkPanels * Int8Product.PanelWidth;

    /// <summary>Rounded up to whole panels.</summary>
    public static int Padded(int outputs) => (outputs + Int8Product.PanelWidth - 1) / Int8Product.PanelWidth * Int8Product.PanelWidth;

    /// <summary>y[r] = W · row r + bias.</summary>
    /// <param name="digits">[rows, 2, Inputs].</param>
    /// <param name="rowScales">[rows].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="bias">[PaddedOutputs], or null for zeros.</param>
    /// <param name="y">[rows, PaddedOutputs] result; what lies past <see cref="Outputs"/> repeats the last.</param>
    /// <param name="scratch">[<see cref="ScratchLength"/>].</param>
    /// <param name="kernels">Elementwise steps.</param>
    /// <param name="set">Which implementation of the product to run.</param>
    public void Multiply(byte* digits, float* rowScales, int rows, float* bias, float* y, int* scratch, DigitKernels kernels, InstructionSet set)
    {
        var outputPanels = PaddedOutputs / Int8Product.PanelWidth;
        for (var panel = 0; panel < outputPanels; panel += ChunkPanels)
        {
            var (first, count) = (panel * Int8Product.PanelWidth, Product(digits, rows, panel, outputPanels, scratch, set));
            for (var r = 0; r < rows; r++)
            {
                kernels.Dequantize(scratch + 2L * r * count, scratch + (2L * r + 1) * count, rowScales[r], Scales.Pointer + first,
                    bias == null ? null : bias + first, count, y + (long)r * PaddedOutputs + first);
            }
        }
        if (Rests.Length > 0) AddRests(digits, rowScales, rows, y, scratch, set);
        GC.KeepAlive(this);
    }

    /// <summary>Adds an output's weights to x [Inputs]: the row of a look-up table.</summary>
    public void AddRow(int output, float* x)
    {
        AddRowOf(output, x);
        var rest = Rests.Length == 0 ? -1 : Rests.Span.BinarySearch(output);
        if (rest >= 0) AddRowOf(PaddedOutputs + rest, x);
        GC.KeepAlive(this);
    }

    private void AddRowOf(int row, float* x)
    {
        var column = Panels.Pointer + (long)(row / Int8Product.PanelWidth) * Int8Product.PanelWidth * Inputs + row % Int8Product.PanelWidth * 4;
        var scale = Scales.Pointer[row];
        for (var k = 0; k < Inputs; k++) x[k] += column[(long)(k / 4) * Int8Product.GroupBytes + k % 4] * scale;
    }

    /// <summary>The products of all digits with a few panels, [2 · rows, result]; returns how many outputs that are.</summary>
    private int Product(byte* digits, int rows, int panel, int endPanel, int* products, InstructionSet set)
    {
        var panels = Math.Min(ChunkPanels, endPanel - panel);
        var stride = (long)Inputs * Int8Product.PanelWidth;
        Int8Product.Multiply(digits, Inputs, 2 * rows, Panels.Pointer + panel * stride, stride, panels, Inputs / 4,
            Starts.Pointer + panel * Int8Product.PanelWidth, products, panels * Int8Product.PanelWidth, set);
        return panels * Int8Product.PanelWidth;
    }

    private void AddRests(byte* digits, float* rowScales, int rows, float* y, int* scratch, InstructionSet set)
    {
        var (start, end) = (PaddedOutputs / Int8Product.PanelWidth, (int)(Scales.Length / Int8Product.PanelWidth));
        for (var panel = start; panel < end; panel += ChunkPanels)
        {
            var count = Product(digits, rows, panel, end, scratch, set);
            var first = (panel - start) * Int8Product.PanelWidth;
            for (var r = 0; r < rows; r++)
            {
                int* high = scratch + 2L * r * count, low = high + count;
                for (var i = 0; i < count && first + i < Rests.Length; i++)
                {
                    var added = ((float)high[i] * DigitKernels.Base + low[i]) * (rowScales[r] * Scales.Pointer[PaddedOutputs + first + i]);
                    y[(long)r * PaddedOutputs + Rests.Pointer[first + i]] += added;
                }
            }
        }
    }
}
