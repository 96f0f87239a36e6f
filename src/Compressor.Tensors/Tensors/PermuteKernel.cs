using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>
/// Copies elements into another order of dimensions. Dimensions that stay together are merged first, so that the
/// common cases (a transpose, splitting or merging attention heads) become one exchange of two neighbours.
/// </summary>
internal static unsafe class PermuteKernel
{
    /// <summary>y[shape[p₀], shape[p₁], …] = x[shape] with dimensions exchanged; elements of 4 or 8 bytes.</summary>
    internal static void Apply(void* x, ReadOnlySpan<long> shape, ReadOnlySpan<int> permutation, void* y, int elementSize)
    {
        var (sizes, order) = Merge(shape, permutation);
        if (elementSize == sizeof(float) && TryExchange((float*)x, sizes, order, (float*)y))
            return;
        if (elementSize == sizeof(float))
            Walk((float*)x, sizes, order, (float*)y);
        else
            Walk((long*)x, sizes, order, (long*)y);
    }

    /// <summary>Drops dimensions of size 1 and joins those that are neighbours before and after.</summary>
    private static (long[] Sizes, int[] Order) Merge(ReadOnlySpan<long> shape, ReadOnlySpan<int> permutation)
    {
        // Groups in output order: the first input dimension of each and the product of its sizes.
        var starts = new List<int>();
        var products = new List<long>();
        var last = int.MinValue;
        foreach (var dim in permutation)
        {
            if (shape[dim] == 1)
                continue;
            var next = last + 1;
            while (next >= 0 && next < dim && shape[next] == 1)
                next++;
            if (last >= 0 && next == dim)
            {
                products[^1] *= shape[dim];
            }
            else
            {
                starts.Add(dim);
                products.Add(shape[dim]);
            }
            last = dim;
        }

        var byInput = starts.Order().ToArray();
        var order = new int[starts.Count];
        var sizes = new long[starts.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = Array.IndexOf(byInput, starts[i]);
            sizes[order[i]] = products[i];
        }
        return (sizes, order);
    }

    private static bool TryExchange(float* x, long[] sizes, int[] order, float* y)
    {
        int a = 1, b, c, d = 1;
        switch (order)
        {
            case [] or [0]:
                Elementwise.Copy(x, y, Shapes.Count(sizes));
                return true;
            case [1, 0]:
                (b, c) = ((int)sizes[0], (int)sizes[1]);
                break;
            case [0, 2, 1]:
                (a, b, c) = ((int)sizes[0], (int)sizes[1], (int)sizes[2]);
                break;
            case [1, 0, 2]:
                (b, c, d) = ((int)sizes[0], (int)sizes[1], (int)sizes[2]);
                break;
            case [0, 2, 1, 3]:
                (a, b, c, d) = ((int)sizes[0], (int)sizes[1], (int)sizes[2], (int)sizes[3]);
                break;
            default:
                return false;
        }
        if (d > 1)
        {
            Transpose.SwapMiddle(x, y, a, b, c, d);
            return true;
        }
        for (var i = 0; i < a; i++)
            Transpose.Matrix(x + (long)i * b * c, y + (long)i * b * c, b, c);
        return true;
    }

    private static void Walk<T>(T* x, long[] sizes, int[] order, T* y)
        where T : unmanaged
    {
        var rank = sizes.Length;
        var inputStrides = new long[rank];
        var stride = 1L;
        for (var i = rank - 1; i >= 0; i--)
        {
            inputStrides[i] = stride;
            stride *= sizes[i];
        }
        var index = new long[rank];
        var from = 0L;
        for (var i = 0L; i < stride; i++)
        {
            y[i] = x[from];
            for (var dim = rank - 1; dim >= 0; dim--)
            {
                from += inputStrides[order[dim]];
                if (++index[dim] < sizes[order[dim]])
                    break;
                from -= index[dim] * inputStrides[order[dim]];
                index[dim] = 0;
            }
        }
    }
}
