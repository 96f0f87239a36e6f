using System.Collections.Concurrent;

namespace Compressor.Kernels;

/// <summary>Gives one row of a matrix.</summary>
/// <param name="row">Its number.</param>
/// <param name="values">[inputs] receives it.</param>
internal delegate void RowReader(int row, Span<float> values);

/// <summary>
/// Quantises the rows of a matrix to int8. The result depends on the weights alone: each row by itself, one element after the other, in IEEE binary32 and binary64.
/// </summary>
internal static unsafe class DigitMatrixBuilder
{
    /// <summary>The largest quantised weight.</summary>
    private const int Limit = 127;

    /// <summary>A row is given a second one when the norm of what the first leaves over is more than this part of its own; 0.6 % is usual.</summary>
    private const double MaxRest = 0.02;

    /// <summary>Makes a matrix. Rows are read by several threads.</summary>
    /// <param name="outputs">Rows.</param>
    /// <param name="inputs">Elements of a row, a multiple of 32.</param>
    /// <param name="read">Gives the rows.</param>
    /// <exception cref="InvalidDataException">A row cannot be read.</exception>
    public static DigitMatrix Build(int outputs, int inputs, RowReader read)
    {
        try
        {
            return Quantized(outputs, inputs, read);
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions.OfType<InvalidDataException>().FirstOrDefault() is { } bad)
        {
            throw new InvalidDataException(bad.Message, bad);
        }
    }

    private static DigitMatrix Quantized(int outputs, int inputs, RowReader read)
    {
        var padded = DigitMatrix.Padded(outputs);
        var rests = RowsWithRest(outputs, inputs, read);
        var rows = padded + DigitMatrix.Padded(rests.Length);
        var (panels, scales, starts, restOutputs) = (
            new NativeData<sbyte>((long)rows * inputs), new NativeData<float>(rows), new NativeData<int>(rows), new NativeData<int>(rests.Length));
        rests.CopyTo(restOutputs.Span);
        var matrix = new DigitMatrix(outputs, inputs, panels, scales, starts, restOutputs);
        Parallel.For(0, rows / Int8Product.PanelWidth, panel =>
        {
            var (values, bytes) = (new float[inputs], new sbyte[inputs]);
            for (var row = panel * Int8Product.PanelWidth; row < (panel + 1) * Int8Product.PanelWidth; row++)
            {
                // Past the end: copies of the last row, so that no maximum changes; past the rests: zeros.
                if (row < padded)
                {
                    read(Math.Min(row, outputs - 1), values);
                    Store(matrix, row, bytes, Quantize(values, bytes));
                }
                else if (row - padded < rests.Length)
                {
                    read(rests[row - padded], values);
                    SubtractQuantized(values, bytes);
                    Store(matrix, row, bytes, Quantize(values, bytes));
                }
            }
        });
        return matrix;
    }

    private static int[] RowsWithRest(int outputs, int inputs, RowReader read)
    {
        var found = new ConcurrentBag<int>();
        Parallel.ForEach(Partitioner.Create(0, outputs), range =>
        {
            var (values, bytes) = (new float[inputs], new sbyte[inputs]);
            for (var row = range.Item1; row < range.Item2; row++)
            {
                read(row, values);
                var norm = SumOfSquares(values);
                SubtractQuantized(values, bytes);
                if (SumOfSquares(values) > MaxRest * MaxRest * norm) found.Add(row);
            }
        });
        return [.. found.Order()];
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += (double)value * value;
        return sum;
    }

    /// <summary>Rounds to whole multiples of the scale that is returned; a row of zeros has the scale 0.</summary>
    private static float Quantize(ReadOnlySpan<float> values, Span<sbyte> bytes)
    {
        var max = 0f;
        foreach (var value in values) max = Math.Max(max, Math.Abs(value));
        if (max < RowKernels.MinMagnitude)
        {
            bytes.Clear();
            return 0;
        }
        var inverse = Limit / max;
        for (var k = 0; k < values.Length; k++) bytes[k] = (sbyte)MathF.Round(values[k] * inverse, MidpointRounding.ToEven);
        return max / Limit;
    }

    private static void SubtractQuantized(Span<float> values, Span<sbyte> bytes)
    {
        var scale = Quantize(values, bytes);
        for (var k = 0; k < values.Length; k++) values[k] -= bytes[k] * scale;
    }

    private static void Store(DigitMatrix matrix, int row, ReadOnlySpan<sbyte> bytes, float scale)
    {
        var column = matrix.Panels.Pointer + (long)(row / Int8Product.PanelWidth) * Int8Product.PanelWidth * matrix.Inputs + row % Int8Product.PanelWidth * 4;
        var sum = 0;
        for (var k = 0; k < bytes.Length; k++)
        {
            column[(long)(k / 4) * Int8Product.GroupBytes + k % 4] = bytes[k];
            sum += bytes[k];
        }
        matrix.Scales.Pointer[row] = scale;
        matrix.Starts.Pointer[row] = -DigitKernels.Offset * sum;
    }
}
