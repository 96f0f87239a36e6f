using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>A place where gradients of one tensor add up: a leaf's <c>grad</c>, or the pending gradient of a node's result.</summary>
internal abstract unsafe class GradientSink(long length)
{
    private Storage? _gradient;
    private Storage? _zeroFilled;
    private long _zeroFilledVersion;

    /// <summary>Elements of the tensor.</summary>
    internal long Length { get; } = length;

    internal bool HasGradient => _gradient is not null;

    /// <summary>True when others that hold the gradient's memory are meant to see it change.</summary>
    protected virtual bool IsSharedByDesign => false;

    /// <summary>True when the gradient counts as zero although its memory holds something else.</summary>
    protected bool IsMarkedZero { get; set; }

    /// <summary>
    /// The buffer to add to. When <paramref name="fresh"/> is true its contents are undefined and every element must
    /// be written instead.
    /// </summary>
    internal float* Accumulator(out bool fresh)
    {
        fresh = _gradient is null || IsMarkedZero;
        IsMarkedZero = false;
        _zeroFilled = null;
        if (_gradient is null)
        {
            _gradient = Storage.ForFloats(Length);
        }
        else if (!IsSharedByDesign && !_gradient.IsExclusive)
        {
            var own = Storage.ForFloats(Length);
            if (!fresh)
                Elementwise.Copy(_gradient.Floats, own.Floats, Length);
            _gradient.Release();
            _gradient = own;
        }
        return _gradient.Floats;
    }

    /// <summary>As <see cref="Accumulator"/>, zero-filled when fresh: for results that touch only some elements.</summary>
    internal float* ZeroedAccumulator()
    {
        var filled = _gradient is not null && ReferenceEquals(_gradient, _zeroFilled) && _gradient.Version == _zeroFilledVersion;
        var buffer = Accumulator(out var fresh);
        if (fresh && !filled)
            _gradient!.Clear();
        return buffer;
    }

    /// <summary>
    /// Notes that the memory of the gradient has just been filled with zeros, so that the next one need not do it: worth it for
    /// the table of an embedding, of which a step uses few rows.
    /// </summary>
    internal void NoteZeroFilled()
    {
        _zeroFilled = _gradient;
        _zeroFilledVersion = _gradient?.Version ?? 0;
    }

    /// <summary>Adds a whole gradient; takes over one reference to it.</summary>
    internal virtual void Give(Storage gradient)
    {
        if (_gradient is null || IsMarkedZero)
        {
            _gradient?.Release();
            _gradient = gradient;
            IsMarkedZero = false;
            return;
        }
        var buffer = Accumulator(out _);
        Elementwise.AddInPlace(buffer, gradient.Floats, Length);
        gradient.Release();
    }

    /// <summary>Makes the given memory the gradient; takes over one reference to it.</summary>
    protected void Adopt(Storage gradient)
    {
        Clear();
        _gradient = gradient;
    }

    /// <summary>Hands the gradient and its reference to the caller.</summary>
    internal Storage Take()
    {
        var gradient = _gradient ?? throw new InvalidOperationException("No gradient has arrived.");
        _gradient = null;
        return gradient;
    }

    /// <summary>Drops the gradient.</summary>
    internal void Clear()
    {
        _gradient?.Release();
        _gradient = null;
        IsMarkedZero = false;
    }

    /// <summary>The gradient without its reference, with a pending zero written out.</summary>
    protected Storage? Current()
    {
        if (IsMarkedZero && _gradient is not null)
            ZeroedAccumulator();
        return _gradient;
    }
}
