using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

public static partial class torch
{
    /// <summary>Matrix product; see <see cref="Tensor.matmul"/>.</summary>
    public static Tensor matmul(Tensor input, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.matmul(target);
    }

    public unsafe partial class Tensor
    {
        /// <summary>
        /// Matrix product: [m, k] · [k, n]; […, m, k] · [k, n]; or […, m, k] · […, k, n] with equal leading sizes.
        /// Each element is summed over k in order with one fused multiply-add a step.
        /// </summary>
        /// <exception cref="ArgumentException">The shapes do not fit.</exception>
        public Tensor matmul(Tensor target)
        {
            ArgumentNullException.ThrowIfNull(target);
            if (ndim < 2 || target.ndim < 2 || _shape[^1] != target._shape[^2])
                throw Shapes.Mismatch(nameof(matmul), _shape, target._shape);
            var k = checked((int)_shape[^1]);
            var n = checked((int)target._shape[^1]);
            int batch, m;
            if (target.ndim == 2)
            {
                batch = 1;
                m = checked((int)Shapes.Count(_shape.AsSpan(..^1)));
            }
            else
            {
                if (!Shapes.Same(_shape.AsSpan(..^2), target._shape.AsSpan(..^2)))
                    throw Shapes.Mismatch(nameof(matmul), _shape, target._shape);
                batch = checked((int)Shapes.Count(_shape.AsSpan(..^2)));
                m = checked((int)_shape[^2]);
            }

            var result = Allocate([.. _shape[..^1], n]);
            for (var i = 0L; i < batch; i++)
                MatrixProduct.Multiply(false, false, m, n, k, Floats + i * m * k, k, target.Floats + i * k * n, n, result.Floats + i * m * n, n, false);
            return Records(this, target) ? result.ProducedBy(new MatmulNode(this, target, batch, m, n, k)) : result;
        }

        /// <summary>Product of two matrices.</summary>
        public Tensor mm(Tensor target)
        {
            ArgumentNullException.ThrowIfNull(target);
            return ndim == 2 && target.ndim == 2 ? matmul(target) : throw Shapes.Mismatch(nameof(mm), _shape, target._shape);
        }

        /// <summary>Products of two batches of matrices, [b, m, k] · [b, k, n].</summary>
        public Tensor bmm(Tensor target)
        {
            ArgumentNullException.ThrowIfNull(target);
            return ndim == 3 && target.ndim == 3 ? matmul(target) : throw Shapes.Mismatch(nameof(bmm), _shape, target._shape);
        }
    }
}
