namespace Compressor.Tensors;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>This tensor: all are in main memory.</summary>
        public Tensor cpu() => this;

        /// <summary>The elements as another type; floats are cut towards zero. This tensor if it has that type already.</summary>
        public Tensor to_type(ScalarType type)
        {
            if (type == dtype)
                return this;
            RequireUnrecorded(nameof(to_type));
            var result = Allocate(_shape, type);
            for (var i = 0L; i < Count; i++)
            {
                if (type == ScalarType.Int64)
                    result.Longs[i] = (long)Floats[i];
                else
                    result.Floats[i] = Longs[i];
            }
            return result;
        }

        /// <summary>The slices of a dimension that a vector of Int64 indices names, in its order.</summary>
        /// <exception cref="ArgumentException">The index is no vector, or one is outside the dimension.</exception>
        public Tensor index_select(long dim, Tensor index)
        {
            RequireUnrecorded(nameof(index_select));
            var at = Shapes.Dimension(nameof(index_select), dim, _shape);
            RequireIndex(nameof(index_select), at, index);
            var shape = (long[])_shape.Clone();
            shape[at] = index.Count;
            var result = Allocate(shape, dtype);
            var (outer, size, inner) = Shapes.Split(_shape, at);
            var width = (long)inner * ElementSize(dtype);
            byte* from = (byte*)Elements.Pointer, to = (byte*)result.Elements.Pointer;
            for (var i = 0L; i < outer; i++)
            {
                for (var j = 0L; j < index.Count; j++, to += width)
                    Buffer.MemoryCopy(from + (i * size + index.Longs[j]) * width, to, width, width);
            }
            return result;
        }

        /// <summary>Overwrites the slices of a dimension that a vector of Int64 indices names with those of <paramref name="source"/>.</summary>
        /// <exception cref="ArgumentException">The shapes do not fit, or an index is outside the dimension.</exception>
        public Tensor index_copy_(long dim, Tensor index, Tensor source)
        {
            ArgumentNullException.ThrowIfNull(source);
            RequireInPlace(nameof(index_copy_));
            RequireNotRecorded(nameof(index_copy_), source);
            source.Require(nameof(index_copy_), dtype);
            var at = Shapes.Dimension(nameof(index_copy_), dim, _shape);
            RequireIndex(nameof(index_copy_), at, index);
            var expected = (long[])_shape.Clone();
            expected[at] = index.Count;
            if (!Shapes.Same(source._shape, expected))
                throw Shapes.Mismatch(nameof(index_copy_), _shape, source._shape);
            var (outer, size, inner) = Shapes.Split(_shape, at);
            var width = (long)inner * ElementSize(dtype);
            byte* from = (byte*)source.Elements.Pointer, to = (byte*)Elements.Pointer;
            for (var i = 0L; i < outer; i++)
            {
                for (var j = 0L; j < index.Count; j++, from += width)
                    Buffer.MemoryCopy(from, to + (i * size + index.Longs[j]) * width, width, width);
            }
            return this;
        }

        private void RequireIndex(string operation, int dim, Tensor index)
        {
            ArgumentNullException.ThrowIfNull(index);
            index.Require(operation, ScalarType.Int64);
            if (index.ndim != 1)
                throw new ArgumentException($"{operation}: index of shape {Shapes.Text(index._shape)} is not a vector.");
            foreach (var i in new ReadOnlySpan<long>(index.Longs, checked((int)index.Count)))
            {
                if (i < 0 || i >= _shape[dim])
                    throw new ArgumentException($"{operation}: index {i} is outside dimension {dim} of {Shapes.Text(_shape)}.");
            }
        }
    }
}
