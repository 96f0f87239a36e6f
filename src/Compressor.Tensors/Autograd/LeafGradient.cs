using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

/// <summary>The gradient of a leaf: it outlives the graph, and tensors that show it see it grow.</summary>
internal sealed unsafe class LeafGradient(long length) : GradientSink(length)
{
    protected override bool IsSharedByDesign => true;

    internal Storage? Peek() => Current();

    /// <summary>Shares the memory of a gradient that the user sets; takes over one reference.</summary>
    internal void Set(Storage gradient) => Adopt(gradient);

    /// <summary>The next backward overwrites instead of adding, so that zeroing costs no pass over memory.</summary>
    internal void MarkZero() => IsMarkedZero = HasGradient;

    /// <summary>Copies or adds: the memory of a passing gradient may be shared with other sinks.</summary>
    internal override void Give(Storage gradient)
    {
        var buffer = Accumulator(out var fresh);
        if (fresh)
            Elementwise.Copy(gradient.Floats, buffer, Length);
        else
            Elementwise.AddInPlace(buffer, gradient.Floats, Length);
        gradient.Release();
    }
}
