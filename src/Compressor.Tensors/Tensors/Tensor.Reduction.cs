using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>Sum of all elements, without dimensions.</summary>
        public Tensor sum()
        {
            var result = Allocate([]);
            *result.Floats = Reduction.Sum(Floats, Count);
            return Records(this) ? result.ProducedBy(new SumNode(this, (1, checked((int)Count), 1))) : result;
        }

        /// <summary>Sum along one dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false)
        {
            var at = Shapes.Dimension(nameof(sum), dim, _shape);
            var (outer, size, inner) = Shapes.Split(_shape, at);
            var result = Allocate(keepdim ? [.. _shape[..at], 1, .. _shape[(at + 1)..]] : [.. _shape[..at], .. _shape[(at + 1)..]]);
            for (var i = 0L; i < outer; i++)
            {
                var block = Floats + i * size * inner;
                if (inner == 1)
                    result.Floats[i] = Reduction.Sum(block, size);
                else
                    Rows.SumColumns(block, result.Floats + i * inner, size, inner, accumulate: false);
            }
            return Records(this) ? result.ProducedBy(new SumNode(this, (outer, size, inner))) : result;
        }

        /// <summary>Sum along several dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false)
        {
            ArgumentNullException.ThrowIfNull(dim);
            var result = this;
            // From the last dimension on, so that the numbers of those still to come stay right.
            foreach (var at in dim.Select(d => Shapes.Dimension(nameof(sum), d, _shape)).Distinct().OrderDescending())
                result = result.sum(at, keepdim);
            return result;
        }

        /// <summary>Mean of all elements, without dimensions.</summary>
        public Tensor mean() => sum() * (1.0 / Count);

        /// <summary>Mean along several dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false)
        {
            ArgumentNullException.ThrowIfNull(dimensions);
            var count = dimensions.Aggregate(1L, (product, dim) => product * size(dim));
            return sum(dimensions, keepdim) * (1.0 / count);
        }

        /// <summary>e^x / Σ e^x along a dimension.</summary>
        public Tensor softmax(long dim) => AlongLast(nameof(softmax), dim, static x => x.SoftmaxRows());

        /// <summary>x − ln Σ e^x along a dimension.</summary>
        public Tensor log_softmax(long dim) => AlongLast(nameof(log_softmax), dim, static x => x.LogSoftmaxRows());

        /// <summary>Where the largest of all elements is, the first one of equals; Int64.</summary>
        public Tensor argmax() => reshape(Count).argmax(0);

        /// <summary>Where the largest element along a dimension is, the first one of equals; Int64.</summary>
        public Tensor argmax(long dim, bool keepdim = false)
        {
            var at = Shapes.Dimension(nameof(argmax), dim, _shape);
            var (outer, size, inner) = Shapes.Split(_shape, at);
            if (size == 0)
                throw new ArgumentException($"argmax: dimension {dim} of {Shapes.Text(_shape)} is empty.");
            var result = Allocate(
                keepdim ? [.. _shape[..at], 1, .. _shape[(at + 1)..]] : [.. _shape[..at], .. _shape[(at + 1)..]], ScalarType.Int64);
            for (var i = 0L; i < (long)outer * inner; i++)
            {
                var first = Floats + i / inner * size * inner + i % inner;
                var best = 0L;
                for (var j = 1L; j < size; j++)
                {
                    if (first[j * inner] > first[best * inner])
                        best = j;
                }
                result.Longs[i] = best;
            }
            return result;
        }

        private Tensor AlongLast(string operation, long dim, Func<Tensor, Tensor> rows)
        {
            var at = Shapes.Dimension(operation, dim, _shape);
            return at == ndim - 1 ? rows(this) : rows(transpose(at, -1)).transpose(at, -1);
        }

        private Tensor SoftmaxRows()
        {
            var result = Allocate(_shape);
            var d = checked((int)_shape[^1]);
            for (var start = 0L; start < Count; start += d)
            {
                var row = result.Floats + start;
                Elementwise.AddScalar(Floats + start, -Reduction.Max(Floats + start, d), row, d);
                Elementwise.Exp(row, row, d);
                Elementwise.Scale(row, 1 / Reduction.Sum(row, d), row, d);
            }
            return Records(this) ? result.ProducedBy(new SoftmaxNode(this, result, d)) : result;
        }

        private Tensor LogSoftmaxRows()
        {
            var result = Allocate(_shape);
            var d = checked((int)_shape[^1]);
            for (var start = 0L; start < Count; start += d)
            {
                var row = result.Floats + start;
                var max = Reduction.Max(Floats + start, d);
                Elementwise.AddScalar(Floats + start, -max, row, d);
                Elementwise.Exp(row, row, d);
                var logSum = Exponential.Log(Reduction.Sum(row, d));
                Elementwise.AddScalar(Floats + start, -max, row, d);
                Elementwise.AddScalar(row, -logSum, row, d);
            }
            return Records(this) ? result.ProducedBy(new LogSoftmaxNode(this, result, d)) : result;
        }
    }
}
