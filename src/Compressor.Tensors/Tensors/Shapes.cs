namespace Compressor.Tensors;

/// <summary>Arithmetic on shapes and the messages for shapes that do not fit.</summary>
internal static class Shapes
{
    internal static long Count(ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
            count = checked(count * size);
        return count;
    }

    internal static long[] Checked(string operation, ReadOnlySpan<long> shape)
    {
        foreach (var size in shape)
        {
            if (size < 0)
                throw new ArgumentException($"{operation}: negative size in {Text(shape)}.");
        }
        return shape.ToArray();
    }

    /// <summary>Maps −rank … rank − 1 to 0 … rank − 1.</summary>
    internal static int Dimension(string operation, long dim, ReadOnlySpan<long> shape)
    {
        var rank = shape.Length;
        if (dim < -rank || dim >= rank)
            throw new ArgumentException($"{operation}: dimension {dim} does not exist in shape {Text(shape)}.");
        return (int)(dim < 0 ? dim + rank : dim);
    }

    /// <summary>The NumPy broadcast of two shapes.</summary>
    internal static long[] Broadcast(string operation, long[] a, long[] b)
    {
        var shape = new long[Math.Max(a.Length, b.Length)];
        for (var i = 1; i <= shape.Length; i++)
        {
            var left = i <= a.Length ? a[^i] : 1;
            var right = i <= b.Length ? b[^i] : 1;
            if (left != right && left != 1 && right != 1)
                throw Mismatch(operation, a, b);
            shape[^i] = left == 1 ? right : left;
        }
        return shape;
    }

    internal static bool Same(ReadOnlySpan<long> a, ReadOnlySpan<long> b) => a.SequenceEqual(b);

    internal static ArgumentException Mismatch(string operation, ReadOnlySpan<long> a, ReadOnlySpan<long> b) =>
        new($"{operation}: shapes {Text(a)} and {Text(b)} do not fit.");

    internal static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";

    /// <summary>Product of the sizes before, at and after a dimension: [outer, size, inner].</summary>
    internal static (int Outer, int Size, int Inner) Split(ReadOnlySpan<long> shape, int dim) =>
        (checked((int)Count(shape[..dim])), checked((int)shape[dim]), checked((int)Count(shape[(dim + 1)..])));
}
