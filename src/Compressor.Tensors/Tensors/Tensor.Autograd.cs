namespace Compressor.Tensors;

public static partial class torch
{
    public partial class Tensor
    {
        private bool _requiresGrad;
        private Node? _producer;
        private LeafGradient? _leaf;

        /// <summary>
        /// True when operations on this tensor are recorded for <see cref="backward()"/>.
        /// </summary>
        /// <exception cref="InvalidOperationException">Set to false on the result of a recorded operation.</exception>
        /// <exception cref="ArgumentException">Set to true on a tensor of integers.</exception>
        public bool requires_grad
        {
            get => _requiresGrad;
            set
            {
                if (value)
                    Require(nameof(requires_grad), ScalarType.Float32);
                else if (_producer is not null)
                    throw new InvalidOperationException("requires_grad of a computed tensor cannot be cleared: use detach().");
                _requiresGrad = value;
            }
        }

        /// <summary>True when the tensor is not the result of a recorded operation.</summary>
        public bool is_leaf => _producer is null;

        /// <summary>
        /// The gradient that <see cref="backward()"/> has accumulated, as a tensor of the same shape that shares its
        /// elements; null before the first backward and for tensors that are not leaves. Setting shares the elements
        /// of the given tensor; null drops the gradient.
        /// </summary>
        public Tensor? grad
        {
            get => _leaf?.Peek() is { } storage ? new Tensor(storage.Retain(), _shape) : null;
            set
            {
                _leaf?.Clear();
                if (value is null)
                    return;
                if (!Shapes.Same(value._shape, _shape))
                    throw Shapes.Mismatch(nameof(grad), value._shape, _shape);
                value.Require(nameof(grad), ScalarType.Float32);
                (_leaf ??= new LeafGradient(Count)).Set(value.Elements.Retain());
            }
        }

        /// <summary>Where this tensor's gradient goes, or null when none is wanted.</summary>
        internal GradientSink? Sink =>
            !_requiresGrad ? null : _producer is not null ? _producer : _leaf ??= new LeafGradient(Count);

        /// <summary>The gradient's elements, or null; the caller must not keep them.</summary>
        internal Storage? Gradient => _leaf?.Peek();

        /// <summary>Sets <see cref="requires_grad"/> and returns the tensor.</summary>
        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Sets <see cref="requires_grad"/> and returns the tensor.</summary>
        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>A tensor with the same elements that is not part of any graph.</summary>
        public Tensor detach() => new(Elements.Retain(), _shape, dtype);

        /// <summary>
        /// Adds the derivative of this one-element tensor to <see cref="grad"/> of every leaf that it was computed
        /// from, and frees the graph.
        /// </summary>
        /// <exception cref="InvalidOperationException">The tensor has more than one element, has no graph, or its
        /// graph was freed already.</exception>
        public void backward()
        {
            if (Count != 1)
                throw new InvalidOperationException($"backward: a tensor of shape {Shapes.Text(_shape)} needs a gradient for its result.");
            var one = Storage.ForFloats(1);
            unsafe
            {
                *one.Floats = 1;
            }
            BackwardPass.Run(RequireSink(), one);
        }

        /// <summary>As <see cref="backward()"/>, from the given derivative with respect to this tensor's elements.</summary>
        public void backward(Tensor gradient)
        {
            ArgumentNullException.ThrowIfNull(gradient);
            if (!Shapes.Same(gradient._shape, _shape))
                throw Shapes.Mismatch(nameof(backward), _shape, gradient._shape);
            gradient.Require(nameof(backward), ScalarType.Float32);
            BackwardPass.Run(RequireSink(), gradient.Elements.Retain());
        }

        /// <summary>Marks the gradient as zero without touching memory; null stays null.</summary>
        internal void ZeroGradient() => _leaf?.MarkZero();

        /// <summary>Notes that all elements of the gradient have just been set to zero.</summary>
        internal void NoteGradientZeroFilled() => _leaf?.NoteZeroFilled();

        internal void DropGradient() => _leaf?.Clear();

        /// <summary>Makes this tensor the result of a recorded operation.</summary>
        internal Tensor ProducedBy(Node node)
        {
            _producer = node;
            _requiresGrad = true;
            return this;
        }

        private GradientSink RequireSink()
        {
            _ = Elements;
            return Sink ?? throw new InvalidOperationException("backward: the tensor does not require a gradient and has no graph.");
        }
    }
}
