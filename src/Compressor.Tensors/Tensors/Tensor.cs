namespace Compressor.Tensors;

public static partial class torch
{
    /// <summary>
    /// A dense array, row-major and contiguous, of 32-bit floats or 64-bit integers. Operations that only rename
    /// dimensions (view, reshape, squeeze, unsqueeze, detach) share the elements; all others, transposes and
    /// <see cref="narrow"/> included, make their own copy.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private readonly long[] _shape;
        private Storage? _storage;

        /// <summary>Wraps elements; takes over one reference to the storage and joins the current dispose scope.</summary>
        internal Tensor(Storage storage, long[] shape, ScalarType type = ScalarType.Float32, bool track = true)
        {
            _storage = storage;
            _shape = shape;
            dtype = type;
            if (track)
                DisposeScope.Current?.Include(this);
        }

        /// <summary>The sizes of the dimensions.</summary>
        public long[] shape => (long[])_shape.Clone();

        /// <summary>The type of the elements.</summary>
        public ScalarType dtype { get; }

        /// <summary>The number of dimensions.</summary>
        public long ndim => _shape.Length;

        /// <summary>True after <see cref="Dispose()"/>.</summary>
        public bool IsInvalid => _storage is null;

        /// <summary>A number that tells apart tensors that do not share elements.</summary>
        public nint Handle
        {
            get
            {
                unsafe
                {
                    return (nint)Elements.Pointer;
                }
            }
        }

        internal DisposeScope? Scope { get; set; }

        internal ReadOnlySpan<long> Sizes => _shape;

        internal long Count => Shapes.Count(_shape);

        internal Storage Elements => _storage ?? throw new ObjectDisposedException(nameof(Tensor));

        internal unsafe float* Floats
        {
            get
            {
                Require("this operation", ScalarType.Float32);
                return Elements.Floats;
            }
        }

        internal unsafe long* Longs
        {
            get
            {
                Require("this operation", ScalarType.Int64);
                return Elements.Longs;
            }
        }

        /// <summary>The number of dimensions.</summary>
        public long dim() => _shape.Length;

        /// <summary>The size of one dimension; negative counts from the end.</summary>
        public long size(long dim) => _shape[Shapes.Dimension(nameof(size), dim, _shape)];

        /// <summary>The number of elements.</summary>
        public long numel() => Count;

        /// <summary>Moves the tensor to the scope around the one that holds it.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            Scope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of its scope; whoever holds it must dispose it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            Scope?.Detach(this);
            return this;
        }

        /// <summary>Frees the elements, unless other tensors or a graph still need them.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <inheritdoc/>
        public override string ToString() => $"{dtype}{Shapes.Text(_shape)}";

        /// <summary>Releases the elements, the gradient and this tensor's part of the graph.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (!disposing || _storage is null)
                return;
            Scope?.Remove(this);
            Scope = null;
            _storage.Release();
            _storage = null;
            _producer?.Release();
            _producer = null;
            _leaf?.Clear();
        }

        /// <summary>Throws unless the elements have the given type.</summary>
        internal void Require(string operation, ScalarType type)
        {
            if (dtype != type)
                throw new ArgumentException($"{operation}: expected {type} elements, got {dtype}.");
        }

        /// <summary>A new tensor with undefined elements.</summary>
        internal static Tensor Allocate(long[] shape, ScalarType type = ScalarType.Float32) =>
            new(new Storage(checked(Shapes.Count(shape) * ElementSize(type))), shape, type);

        internal static int ElementSize(ScalarType type) => type == ScalarType.Int64 ? sizeof(long) : sizeof(float);
    }
}
