using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        private delegate void Map(float* x, float* y, long count);

        /// <summary>max(x, 0), elementwise; the derivative at 0 is 0.</summary>
        public Tensor relu() => Mapped(Elementwise.Relu, Elementwise.ReluBackward, savesResult: false);

        /// <summary>x², elementwise.</summary>
        public Tensor square() => Mapped(static (x, y, n) => Elementwise.Multiply(x, x, y, n), SquareBackward, savesResult: false);

        /// <summary>√x, elementwise.</summary>
        public Tensor sqrt() => Mapped(Elementwise.Sqrt, SqrtBackward, savesResult: true);

        /// <summary>1 / √x, elementwise.</summary>
        public Tensor rsqrt() => Mapped(Elementwise.Rsqrt, RsqrtBackward, savesResult: true);

        /// <summary>e^x, elementwise; within 2 units in the last place.</summary>
        public Tensor exp() => Mapped(Elementwise.Exp, Elementwise.Multiply, savesResult: true);

        /// <summary>ln x, elementwise, for positive x; within 2 units in the last place.</summary>
        public Tensor log() => Mapped(Elementwise.Log, static (x, dy, dx, n) => Elementwise.Divide(dy, x, dx, n), savesResult: false);

        /// <summary>x to the power of a whole number 1 … 16, of ½ or of −½, elementwise.</summary>
        /// <exception cref="NotSupportedException">Any other exponent.</exception>
        public Tensor pow(Scalar exponent)
        {
            var power = exponent.ToDouble();
            if (power == 0.5)
                return sqrt();
            if (power == -0.5)
                return rsqrt();
            if (power is < 1 or > 16 || power != exponent.ToInt64())
                throw new NotSupportedException($"pow: exponent {power} is not a whole number from 1 to 16, 0.5 or -0.5.");
            if (power == 1)
                return clone();
            var half = pow(exponent.ToInt64() / 2);
            var even = half.square();
            return exponent.ToInt64() % 2 == 0 ? even : even * this;
        }

        /// <summary>Euclidean length of all elements together.</summary>
        public Tensor norm() => square().sum().sqrt();

        /// <summary>A recorded elementwise function; the derivative gets the operand, or the result if that is saved.</summary>
        private Tensor Mapped(Map map, PointwiseNode.Derivative derivative, bool savesResult)
        {
            var result = Allocate(_shape);
            map(Floats, result.Floats, Count);
            return Records(this) ? result.ProducedBy(new PointwiseNode(this, savesResult ? result : this, derivative)) : result;
        }

        /// <summary>max(x, 0)², elementwise.</summary>
        internal Tensor SquaredRelu() => Mapped(Elementwise.SquaredRelu, Elementwise.SquaredReluBackward, savesResult: false);

        private static void SquareBackward(float* x, float* dy, float* dx, long n)
        {
            Elementwise.Multiply(x, dy, dx, n);
            Elementwise.Scale(dx, 2, dx, n);
        }

        private static void SqrtBackward(float* y, float* dy, float* dx, long n)
        {
            Elementwise.Divide(dy, y, dx, n);
            Elementwise.Scale(dx, 0.5f, dx, n);
        }

        private static void RsqrtBackward(float* y, float* dy, float* dx, long n)
        {
            Elementwise.Multiply(dy, y, dx, n);
            Elementwise.Multiply(dx, y, dx, n);
            Elementwise.Multiply(dx, y, dx, n);
            Elementwise.Scale(dx, -0.5f, dx, n);
        }
    }
}
