using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Tensors.Kernels;

/// <summary>Copies a matrix into panels [depth, width] so that a register tile reads memory in one straight line.</summary>
internal static unsafe class PanelPacking
{
    private const int RowsAtOnce = 4;

    /// <summary>
    /// Cuts <paramref name="columns"/> columns into panels of <paramref name="width"/>, the last one filled up with zeros:
    /// element (p, j) goes to panel j / width, position p · width + j mod width. Transposed: (p, j) is source[j · stride + p].
    /// </summary>
    public static void Pack(bool transposed, int depth, int columns, float* source, nint stride, int width, float* panels)
    {
        if (!transposed)
        {
            PackRows(depth, columns, source, stride, width, panels);
            return;
        }

        for (int j = 0; j < columns; j += width, panels += (nint)depth * width)
            PackTransposed(depth, Math.Min(width, columns - j), source + j * stride, stride, width, panels);
    }

    // A few rows at a time over all panels: every row is read in one sweep, and each panel is written in pieces of whole cache lines.
    private static void PackRows(int depth, int columns, float* source, nint stride, int width, float* panels)
    {
        for (int start = 0; start < depth; start += RowsAtOnce)
        {
            int end = Math.Min(depth, start + RowsAtOnce);
            float* panel = panels;
            for (int j = 0; j < columns; j += width, panel += (nint)depth * width)
            {
                int used = Math.Min(width, columns - j);
                for (int p = start; p < end; p++) CopyRow(source + p * stride + j, used, panel + (nint)p * width, width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow(float* source, int used, float* destination, int width)
    {
        int j = 0;
        for (; j <= used - Vector256<float>.Count; j += Vector256<float>.Count) Vector256.Load(source + j).Store(destination + j);
        for (; j <= used - Vector128<float>.Count; j += Vector128<float>.Count) Vector128.Load(source + j).Store(destination + j);
        for (; j < used; j++) destination[j] = source[j];
        for (; j < width; j++) destination[j] = 0f;
    }

    private static void PackTransposed(int depth, int used, float* source, nint stride, int width, float* panel)
    {
        int j = 0;
        for (; j <= used - 4; j += 4) TransposeFourRows(depth, source + j * stride, stride, panel + j, width);
        for (; j < width; j++)
        {
            for (int p = 0; p < depth; p++) panel[(nint)p * width + j] = j < used ? source[j * stride + p] : 0f;
        }
    }

    /// <summary>destination[p, 0..3] = source[0..3, p].</summary>
    public static void TransposeFourRows(int count, float* source, nint stride, float* destination, nint destinationStride)
    {
        float* s1 = source + stride, s2 = s1 + stride, s3 = s2 + stride;
        int p = 0;
        if (Sse.IsSupported)
        {
            for (; p <= count - 4; p += 4, destination += 4 * destinationStride)
            {
                Vector128<float> r0 = Vector128.Load(source + p), r1 = Vector128.Load(s1 + p);
                Vector128<float> r2 = Vector128.Load(s2 + p), r3 = Vector128.Load(s3 + p);
                Vector128<float> low01 = Sse.UnpackLow(r0, r1), high01 = Sse.UnpackHigh(r0, r1);
                Vector128<float> low23 = Sse.UnpackLow(r2, r3), high23 = Sse.UnpackHigh(r2, r3);
                Sse.MoveLowToHigh(low01, low23).Store(destination);
                Sse.MoveHighToLow(low23, low01).Store(destination + destinationStride);
                Sse.MoveLowToHigh(high01, high23).Store(destination + 2 * destinationStride);
                Sse.MoveHighToLow(high23, high01).Store(destination + 3 * destinationStride);
            }
        }

        for (; p < count; p++, destination += destinationStride)
        {
            destination[0] = source[p];
            destination[1] = s1[p];
            destination[2] = s2[p];
            destination[3] = s3[p];
        }
    }
}
