using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

public static partial class torch
{
    /// <remarks>These operations have no derivatives here: they refuse operands whose gradient is being recorded.</remarks>
    public unsafe partial class Tensor
    {
        /// <summary>|x|, elementwise.</summary>
        public Tensor abs() => Stepped(nameof(abs), Rounding.Abs);

        /// <summary>The nearest whole number, elementwise; the even one of two.</summary>
        public Tensor round() => Stepped(nameof(round), Rounding.Round);

        /// <summary>The largest whole number that is not above x, elementwise.</summary>
        public Tensor floor() => Stepped(nameof(floor), Rounding.Floor);

        /// <summary>max(x, min), elementwise.</summary>
        public Tensor clamp_min(Scalar min) => Stepped(nameof(clamp_min), (x, y, n) => Rounding.ClampMin(x, min.ToSingle(), y, n));

        /// <summary>x where it is above <paramref name="threshold"/>, else <paramref name="value"/>, elementwise.</summary>
        public Tensor threshold(Scalar threshold, Scalar value) =>
            Stepped(nameof(this.threshold), (x, y, n) => Rounding.Threshold(x, threshold.ToSingle(), value.ToSingle(), y, n));

        /// <summary>The largest element along the last dimension.</summary>
        /// <param name="dims">The last dimension alone: others are not supported.</param>
        /// <param name="keepdim">Whether the dimension stays, with size 1.</param>
        /// <exception cref="NotSupportedException">Other dimensions.</exception>
        /// <exception cref="ArgumentException">The dimension is empty.</exception>
        public Tensor amax(long[] dims, bool keepdim = false)
        {
            ArgumentNullException.ThrowIfNull(dims);
            RequireUnrecorded(nameof(amax));
            if (dims is not [var dim] || Shapes.Dimension(nameof(amax), dim, _shape) != _shape.Length - 1)
                throw new NotSupportedException("amax: only along the last dimension.");
            if (_shape[^1] == 0)
                throw new ArgumentException($"amax: the last dimension of {Shapes.Text(_shape)} is empty.");
            var result = Allocate(keepdim ? [.. _shape[..^1], 1] : _shape[..^1]);
            for (var i = 0L; i < result.Count; i++)
                result.Floats[i] = Reduction.Max(Floats + i * _shape[^1], _shape[^1]);
            return result;
        }

        private Tensor Stepped(string operation, Map step)
        {
            RequireUnrecorded(operation);
            var result = Allocate(_shape);
            step(Floats, result.Floats, Count);
            return result;
        }

        private void RequireUnrecorded(string operation)
        {
            if (Records(this))
                throw new NotSupportedException($"{operation}: has no derivative here; use no_grad() or detach().");
        }
    }
}
