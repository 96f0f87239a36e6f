namespace Compressor.Tensors;

/// <summary>
/// A recorded operation: where the gradients of its operands go and what its derivative needs. Referenced by its
/// result and by the nodes that use the result; frees what it saved when it has run or when nothing refers to it.
/// </summary>
internal abstract class Node : GradientSink
{
    private static long _created;

    private readonly GradientSink?[] _inputs;
    private int _references = 1;

    protected Node(long length, params ReadOnlySpan<torch.Tensor?> inputs)
        : base(length)
    {
        Sequence = Interlocked.Increment(ref _created);
        _inputs = new GradientSink?[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            _inputs[i] = inputs[i]?.Sink;
            (_inputs[i] as Node)?.Retain();
        }
    }

    /// <summary>Order of creation: an operand's node is always older than the node that uses it.</summary>
    internal long Sequence { get; }

    internal bool IsFreed { get; private set; }

    /// <summary>The backward pass that last visited the node.</summary>
    internal long VisitedBy { get; set; }

    internal ReadOnlySpan<GradientSink?> Inputs => _inputs;

    /// <summary>
    /// Passes the result's gradient on to the inputs. The pass holds the only reference that it owns, so a node may
    /// overwrite <paramref name="gradient"/> when it is exclusive, and must retain it to hand it on.
    /// </summary>
    internal abstract void Backward(Storage gradient);

    internal void Retain() => _references++;

    internal void Release()
    {
        if (--_references == 0)
            Free();
    }

    /// <summary>Releases operands and saved values; the node cannot run again.</summary>
    internal void Free()
    {
        if (IsFreed)
            return;
        IsFreed = true;
        ReleaseSaved();
        Clear();
        for (var i = 0; i < _inputs.Length; i++)
        {
            (_inputs[i] as Node)?.Release();
            _inputs[i] = null;
        }
    }

    protected GradientSink? Input(int index) => _inputs[index];

    /// <summary>Releases every <see cref="Saved"/> of the node.</summary>
    protected virtual void ReleaseSaved()
    {
    }

    /// <summary>
    /// The gradient's own memory when nobody else sees it, else new memory: for derivatives that can overwrite.
    /// The caller gets a reference of its own.
    /// </summary>
    protected static Storage Reuse(Storage gradient) =>
        gradient.IsExclusive ? gradient.Retain() : new Storage(gradient.ByteLength);
}
