using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>
        /// The elements as raw bytes, little endian, row-major. Writing through it is not noticed by a recorded graph.
        /// </summary>
        public Span<byte> bytes => new(Elements.Pointer, checked((int)(Count * ElementSize(dtype))));

        /// <summary>Access to the elements.</summary>
        /// <typeparam name="T">float or long, as the elements are.</typeparam>
        /// <exception cref="ArgumentException">Another type than the elements have.</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            _ = Elements;
            return new TensorAccessor<T>(this);
        }

        /// <summary>The only element.</summary>
        /// <exception cref="ArgumentException">The tensor does not have exactly one element, or not of type T.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (Count != 1)
                throw new ArgumentException($"item: shape {Shapes.Text(_shape)} has {Count} elements.");
            return data<T>().Span[0];
        }

        /// <summary>The only element as a float.</summary>
        public float ToSingle() => item<float>();

        /// <summary>The only element as a 64-bit integer.</summary>
        public long ToInt64() => item<long>();

        /// <summary>A copy with its own elements; recorded.</summary>
        public Tensor clone()
        {
            var result = Allocate(_shape, dtype);
            Buffer.MemoryCopy(Elements.Pointer, result.Elements.Pointer, result.Elements.ByteLength, result.Elements.ByteLength);
            return Records(this) ? result.ProducedBy(new IdentityNode(this)) : result;
        }

        /// <summary>This tensor: all are contiguous.</summary>
        public Tensor contiguous() => this;

        /// <summary>Overwrites the elements with those of a tensor of the same shape and type.</summary>
        public Tensor copy_(Tensor source)
        {
            ArgumentNullException.ThrowIfNull(source);
            RequireInPlace(nameof(copy_), source);
            Buffer.MemoryCopy(source.Elements.Pointer, Elements.Pointer, bytes.Length, bytes.Length);
            return this;
        }

        /// <summary>Sets every element to 0.</summary>
        public Tensor zero_() => fill_(0);

        /// <summary>Sets every element.</summary>
        public Tensor fill_(Scalar value)
        {
            RequireInPlace(nameof(fill_));
            if (dtype == ScalarType.Int64)
                new Span<long>(Longs, checked((int)Count)).Fill(value.ToInt64());
            else
                Elementwise.Fill(Floats, value.ToSingle(), Count);
            return this;
        }

        /// <summary>Draws every element from a normal distribution; see <see cref="Generator"/>.</summary>
        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
        {
            RequireInPlace(nameof(normal_));
            generator ??= DefaultGenerator;
            for (var i = 0L; i < Count; i++)
                Floats[i] = (float)mean + (float)std * generator.NextNormal();
            return this;
        }

        /// <summary>Draws every element uniformly from [from, to).</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            RequireInPlace(nameof(uniform_));
            generator ??= DefaultGenerator;
            for (var i = 0L; i < Count; i++)
                Floats[i] = (float)from + (float)(to - from) * generator.NextUniform();
            return this;
        }

        /// <summary>Adds elementwise, in place; the other operand may be broadcast to this shape.</summary>
        public Tensor add_(Tensor target) => AddScaled(nameof(add_), target, 1);

        /// <summary>Adds <paramref name="alpha"/> times the other operand, in place.</summary>
        public Tensor add_(Tensor target, Scalar alpha) => AddScaled(nameof(add_), target, alpha.ToSingle());

        /// <summary>Adds a number to every element, in place.</summary>
        public Tensor add_(Scalar scalar)
        {
            RequireInPlace(nameof(add_));
            Elementwise.AddScalar(Floats, scalar.ToSingle(), Floats, Count);
            return this;
        }

        /// <summary>Subtracts elementwise, in place; the other operand may be broadcast to this shape.</summary>
        public Tensor sub_(Tensor target) => AddScaled(nameof(sub_), target, -1);

        /// <summary>Subtracts a number from every element, in place.</summary>
        public Tensor sub_(Scalar scalar)
        {
            RequireInPlace(nameof(sub_));
            Elementwise.AddScalar(Floats, -scalar.ToSingle(), Floats, Count);
            return this;
        }

        /// <summary>Multiplies elementwise, in place; the other operand may be broadcast to this shape.</summary>
        public Tensor mul_(Tensor target)
        {
            ArgumentNullException.ThrowIfNull(target);
            RequireInPlace(nameof(mul_));
            RequireNotRecorded(nameof(mul_), target);
            RequireBroadcastTo(nameof(mul_), target);
            BroadcastKernel.Apply(BinaryOperation.Multiply, this, target, Floats, _shape);
            return this;
        }

        /// <summary>Multiplies every element by a number, in place.</summary>
        public Tensor mul_(Scalar scalar)
        {
            RequireInPlace(nameof(mul_));
            Elementwise.Scale(Floats, scalar.ToSingle(), Floats, Count);
            return this;
        }

        private Tensor AddScaled(string operation, Tensor target, float factor)
        {
            ArgumentNullException.ThrowIfNull(target);
            RequireInPlace(operation);
            RequireNotRecorded(operation, target);
            RequireBroadcastTo(operation, target);
            if (Shapes.Same(target._shape, _shape))
            {
                if (factor == 1)
                    Elementwise.AddInPlace(Floats, target.Floats, Count);
                else
                    Elementwise.AddScaled(Floats, target.Floats, factor, Count);
                return this;
            }
            using var scaled = Scaled(target, factor);
            BroadcastKernel.Apply(BinaryOperation.Add, this, scaled, Floats, _shape);
            return this;
        }

        private static Tensor Scaled(Tensor tensor, float factor)
        {
            var result = Allocate(tensor._shape);
            Elementwise.Scale(tensor.Floats, factor, result.Floats, result.Count);
            return result;
        }

        private void RequireBroadcastTo(string operation, Tensor target)
        {
            if (!Shapes.Same(Shapes.Broadcast(operation, _shape, target._shape), _shape))
                throw Shapes.Mismatch(operation, _shape, target._shape);
        }

        /// <summary>In-place changes are not recorded: they are for leaves under no_grad and for plain data.</summary>
        private void RequireInPlace(string operation)
        {
            RequireNotRecorded(operation, this);
            Elements.Version++;
        }

        private void RequireInPlace(string operation, Tensor source)
        {
            RequireInPlace(operation);
            RequireNotRecorded(operation, source);
            source.Require(operation, dtype);
            if (!Shapes.Same(source._shape, _shape))
                throw Shapes.Mismatch(operation, _shape, source._shape);
        }

        private static void RequireNotRecorded(string operation, Tensor tensor)
        {
            if (Records(tensor))
                throw new InvalidOperationException($"{operation}: in-place operations on tensors that require a gradient need no_grad().");
        }
    }
}
