namespace Compressor.Tensors;

public static partial class torch
{
    /// <summary>Joins tensors along a dimension; the other dimensions must be equal.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0)
            throw new ArgumentException("cat: no tensors.");
        return Tensor.Join([.. tensors], dim);
    }

    /// <summary>Swaps two dimensions; makes a copy.</summary>
    public static Tensor transpose(Tensor input, long dim0, long dim1)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.transpose(dim0, dim1);
    }

    public unsafe partial class Tensor
    {
        /// <summary>The same elements in another shape; one size may be −1, to be found from the others.</summary>
        /// <exception cref="ArgumentException">Another number of elements.</exception>
        public Tensor view(params long[] shape) => Renamed(nameof(view), shape);

        /// <summary>As <see cref="view"/>.</summary>
        public Tensor reshape(params long[] shape) => Renamed(nameof(reshape), shape);

        /// <summary>Joins dimensions start_dim … end_dim into one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1)
        {
            var first = Shapes.Dimension(nameof(flatten), start_dim, _shape);
            var last = Shapes.Dimension(nameof(flatten), end_dim, _shape);
            return Renamed(nameof(flatten), [.. _shape[..first], Shapes.Count(_shape.AsSpan(first..(last + 1))), .. _shape[(last + 1)..]]);
        }

        /// <summary>Inserts a dimension of size 1.</summary>
        public Tensor unsqueeze(long dim)
        {
            var at = dim < 0 ? dim + ndim + 1 : dim;
            if (at < 0 || at > ndim)
                throw new ArgumentException($"unsqueeze: no place {dim} in shape {Shapes.Text(_shape)}.");
            return Renamed(nameof(unsqueeze), [.. _shape[..(int)at], 1, .. _shape[(int)at..]]);
        }

        /// <summary>Removes a dimension of size 1, or all of them.</summary>
        public Tensor squeeze(long? dim = null)
        {
            if (dim is null)
                return Renamed(nameof(squeeze), [.. _shape.Where(size => size != 1)]);
            var at = Shapes.Dimension(nameof(squeeze), dim.Value, _shape);
            return _shape[at] == 1
                ? Renamed(nameof(squeeze), [.. _shape[..at], .. _shape[(at + 1)..]])
                : Renamed(nameof(squeeze), _shape);
        }

        /// <summary>The transpose of a matrix; makes a copy.</summary>
        public Tensor t() =>
            ndim == 2 ? permute(1, 0) : throw new ArgumentException($"t: shape {Shapes.Text(_shape)} is not a matrix.");

        /// <summary>Swaps two dimensions; makes a copy.</summary>
        public Tensor transpose(long dim0, long dim1)
        {
            var first = Shapes.Dimension(nameof(transpose), dim0, _shape);
            var second = Shapes.Dimension(nameof(transpose), dim1, _shape);
            var order = Enumerable.Range(0, _shape.Length).ToArray();
            (order[first], order[second]) = (order[second], order[first]);
            return Permuted(order);
        }

        /// <summary>Puts the dimensions in another order; makes a copy.</summary>
        public Tensor permute(params long[] permutation)
        {
            ArgumentNullException.ThrowIfNull(permutation);
            var order = new int[permutation.Length];
            for (var i = 0; i < order.Length; i++)
                order[i] = Shapes.Dimension(nameof(permute), permutation[i], _shape);
            if (order.Length != _shape.Length || order.Distinct().Count() != order.Length)
                throw new ArgumentException($"permute: {Shapes.Text(permutation)} does not order the dimensions of {Shapes.Text(_shape)}.");
            return Permuted(order);
        }

        /// <summary>Elements start … start + length − 1 of a dimension; makes a copy.</summary>
        public Tensor narrow(long dim, long start, long length)
        {
            var at = Shapes.Dimension(nameof(narrow), dim, _shape);
            if (start < 0 || length < 0 || start + length > _shape[at])
                throw new ArgumentException($"narrow: {start} + {length} is outside dimension {at} of {Shapes.Text(_shape)}.");
            var shape = (long[])_shape.Clone();
            shape[at] = length;
            var result = Allocate(shape, dtype);
            var (outer, size, inner) = Shapes.Split(_shape, at);
            var element = ElementSize(dtype);
            var width = length * inner * element;
            for (var i = 0L; i < outer; i++)
            {
                var from = (byte*)Elements.Pointer + (i * size + start) * inner * element;
                Buffer.MemoryCopy(from, (byte*)result.Elements.Pointer + i * width, width, width);
            }
            return Records(this)
                ? result.ProducedBy(new NarrowNode(this, at, (int)start, (int)length, result.Count))
                : result;
        }

        /// <summary>Cuts a dimension into parts of the given size, the last one maybe smaller; makes copies.</summary>
        public Tensor[] split(long size, long dim = 0)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
            var whole = this.size(dim);
            var parts = new Tensor[(int)((whole + size - 1) / size)];
            for (var i = 0; i < parts.Length; i++)
                parts[i] = narrow(dim, i * size, Math.Min(size, whole - i * size));
            return parts;
        }

        /// <summary>Cuts a dimension into parts of the given sizes; makes copies.</summary>
        /// <exception cref="ArgumentException">The sizes do not add up to the dimension's.</exception>
        public Tensor[] split(long[] sizes, long dim = 0)
        {
            ArgumentNullException.ThrowIfNull(sizes);
            if (sizes.Sum() != size(dim))
                throw new ArgumentException($"split: sizes {Shapes.Text(sizes)} do not add up to dimension {dim} of {Shapes.Text(_shape)}.");
            var parts = new Tensor[sizes.Length];
            var start = 0L;
            for (var i = 0; i < parts.Length; i++)
            {
                parts[i] = narrow(dim, start, sizes[i]);
                start += sizes[i];
            }
            return parts;
        }

        /// <summary>Cuts a dimension into at most <paramref name="chunks"/> parts of equal size; makes copies.</summary>
        public Tensor[] chunk(long chunks, long dim = 0)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(chunks, 1);
            return split(Math.Max(1, (size(dim) + chunks - 1) / chunks), dim);
        }

        internal static Tensor Join(Tensor[] tensors, long dim)
        {
            var at = Shapes.Dimension(nameof(cat), dim, tensors[0]._shape);
            var shape = (long[])tensors[0]._shape.Clone();
            shape[at] = 0;
            foreach (var tensor in tensors)
            {
                tensor.Require(nameof(cat), tensors[0].dtype);
                if (tensor.ndim != shape.Length)
                    throw Shapes.Mismatch(nameof(cat), tensors[0]._shape, tensor._shape);
                for (var i = 0; i < shape.Length; i++)
                {
                    if (i != at && tensor._shape[i] != shape[i])
                        throw Shapes.Mismatch(nameof(cat), tensors[0]._shape, tensor._shape);
                }
                shape[at] += tensor._shape[at];
            }

            var result = Allocate(shape, tensors[0].dtype);
            var (outer, size, inner) = Shapes.Split(shape, at);
            var element = ElementSize(result.dtype);
            var start = 0L;
            foreach (var tensor in tensors)
            {
                var width = tensor._shape[at] * inner * element;
                for (var i = 0L; i < outer; i++)
                {
                    var to = (byte*)result.Elements.Pointer + (i * size + start) * inner * element;
                    Buffer.MemoryCopy((byte*)tensor.Elements.Pointer + i * width, to, width, width);
                }
                start += tensor._shape[at];
            }
            return Records(tensors) ? result.ProducedBy(new CatNode(tensors, at, shape)) : result;
        }

        private Tensor Renamed(string operation, long[] shape)
        {
            ArgumentNullException.ThrowIfNull(shape);
            var sizes = (long[])shape.Clone();
            var open = Array.IndexOf(sizes, -1);
            if (open >= 0)
            {
                sizes[open] = 1;
                var rest = Shapes.Count(sizes);
                sizes[open] = rest == 0 ? 0 : Count / rest;
            }
            if (Shapes.Count(sizes) != Count || sizes.Any(size => size < 0))
                throw Shapes.Mismatch(operation, _shape, shape);
            var result = new Tensor(Elements.Retain(), sizes, dtype);
            return Records(this) ? result.ProducedBy(new IdentityNode(this)) : result;
        }

        private Tensor Permuted(int[] order)
        {
            var shape = new long[order.Length];
            for (var i = 0; i < shape.Length; i++)
                shape[i] = _shape[order[i]];
            var result = Allocate(shape, dtype);
            PermuteKernel.Apply(Elements.Pointer, _shape, order, result.Elements.Pointer, ElementSize(dtype));
            return Records(this) ? result.ProducedBy(new PermuteNode(this, order, shape)) : result;
        }
    }
}
