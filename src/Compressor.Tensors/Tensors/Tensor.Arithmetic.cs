using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

public static partial class torch
{
    /// <summary>Sum, elementwise with broadcasting.</summary>
    public static Tensor add(Tensor left, Tensor right) => Tensor.Combine(nameof(add), BinaryOperation.Add, left, right);

    /// <summary>Difference, elementwise with broadcasting.</summary>
    public static Tensor sub(Tensor left, Tensor right) => Tensor.Combine(nameof(sub), BinaryOperation.Subtract, left, right);

    /// <summary>Product, elementwise with broadcasting.</summary>
    public static Tensor mul(Tensor left, Tensor right) => Tensor.Combine(nameof(mul), BinaryOperation.Multiply, left, right);

    /// <summary>Quotient, elementwise with broadcasting.</summary>
    public static Tensor div(Tensor left, Tensor right) => Tensor.Combine(nameof(div), BinaryOperation.Divide, left, right);

    public unsafe partial class Tensor
    {
        /// <summary>Sum, elementwise with broadcasting.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => Combine(nameof(add), BinaryOperation.Add, left, right);

        /// <summary>Difference, elementwise with broadcasting.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => Combine(nameof(sub), BinaryOperation.Subtract, left, right);

        /// <summary>Product, elementwise with broadcasting.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => Combine(nameof(mul), BinaryOperation.Multiply, left, right);

        /// <summary>Quotient, elementwise with broadcasting.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => Combine(nameof(div), BinaryOperation.Divide, left, right);

        /// <summary>Adds a number to every element.</summary>
        public static Tensor operator +(Tensor left, Scalar right) => PlusScalar(left, right.ToSingle());

        /// <summary>Adds a number to every element.</summary>
        public static Tensor operator +(Scalar left, Tensor right) => PlusScalar(right, left.ToSingle());

        /// <summary>Subtracts a number from every element.</summary>
        public static Tensor operator -(Tensor left, Scalar right) => PlusScalar(left, -right.ToSingle());

        /// <summary>Subtracts every element from a number.</summary>
        public static Tensor operator -(Scalar left, Tensor right) => PlusScalar(-right, left.ToSingle());

        /// <summary>Multiplies every element by a number.</summary>
        public static Tensor operator *(Tensor left, Scalar right) => TimesScalar(left, right.ToSingle());

        /// <summary>Multiplies every element by a number.</summary>
        public static Tensor operator *(Scalar left, Tensor right) => TimesScalar(right, left.ToSingle());

        /// <summary>Divides every element by a number.</summary>
        public static Tensor operator /(Tensor left, Scalar right)
        {
            using var divisor = full([], right);
            return Combine(nameof(div), BinaryOperation.Divide, left, divisor);
        }

        /// <summary>Divides a number by every element.</summary>
        public static Tensor operator /(Scalar left, Tensor right)
        {
            using var dividend = full([], left);
            return Combine(nameof(div), BinaryOperation.Divide, dividend, right);
        }

        /// <summary>Changes every sign.</summary>
        public static Tensor operator -(Tensor operand) => TimesScalar(operand, -1);

        /// <summary>Sum, elementwise with broadcasting.</summary>
        public Tensor add(Tensor target) => this + target;

        /// <summary>Adds a number to every element.</summary>
        public Tensor add(Scalar scalar) => this + scalar;

        /// <summary>Difference, elementwise with broadcasting.</summary>
        public Tensor sub(Tensor target) => this - target;

        /// <summary>Subtracts a number from every element.</summary>
        public Tensor sub(Scalar scalar) => this - scalar;

        /// <summary>Product, elementwise with broadcasting.</summary>
        public Tensor mul(Tensor target) => this * target;

        /// <summary>Multiplies every element by a number.</summary>
        public Tensor mul(Scalar scalar) => this * scalar;

        /// <summary>Quotient, elementwise with broadcasting.</summary>
        public Tensor div(Tensor target) => this / target;

        /// <summary>Divides every element by a number.</summary>
        public Tensor div(Scalar scalar) => this / scalar;

        /// <summary>Changes every sign.</summary>
        public Tensor neg() => -this;

        internal static Tensor Combine(string name, BinaryOperation operation, Tensor left, Tensor right)
        {
            ArgumentNullException.ThrowIfNull(left);
            ArgumentNullException.ThrowIfNull(right);
            left.Require(name, ScalarType.Float32);
            right.Require(name, ScalarType.Float32);
            var shape = Shapes.Broadcast(name, left._shape, right._shape);
            var result = Allocate(shape);
            BroadcastKernel.Apply(operation, left, right, result.Floats, shape);
            return Records(left, right) ? result.ProducedBy(new ArithmeticNode(operation, left, right, shape)) : result;
        }

        private static Tensor PlusScalar(Tensor tensor, float term)
        {
            ArgumentNullException.ThrowIfNull(tensor);
            var result = Allocate(tensor._shape);
            Elementwise.AddScalar(tensor.Floats, term, result.Floats, result.Count);
            return Records(tensor) ? result.ProducedBy(new IdentityNode(tensor)) : result;
        }

        private static Tensor TimesScalar(Tensor tensor, float factor)
        {
            ArgumentNullException.ThrowIfNull(tensor);
            var result = Allocate(tensor._shape);
            Elementwise.Scale(tensor.Floats, factor, result.Floats, result.Count);
            return Records(tensor) ? result.ProducedBy(new ScaleNode(tensor, factor)) : result;
        }
    }
}
