using Compressor.Tensors.Modules;
using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Probe;

/// <summary>The sizes of a <see cref="TinyTransformer"/>.</summary>
public sealed record TinySizes(int Vocabulary, int Width, int Heads, int KeyHeads, int Hidden, int Layers, int Length, int Batch)
{
    /// <summary>Quick even without vector instructions; no size is a multiple of a tile.</summary>
    public static TinySizes Smallest { get; } = new(67, 24, 2, 1, 40, 1, 13, 2);

    /// <summary>Large enough that kernels split their work among threads.</summary>
    public static TinySizes Threaded { get; } = new(600, 96, 4, 2, 200, 2, 70, 6);

    public int HeadDim => Width / Heads;
}

/// <summary>A whole language model in the form that the project trains, at toy size.</summary>
public sealed class TinyTransformer : nn.Module<Tensor, Tensor>
{
    private readonly TinySizes _sizes;
    private readonly Embedding _embedding;
    private readonly ModuleList<TinyBlock> _layers;
    private readonly Linear _head;

    public TinyTransformer(TinySizes sizes)
        : base(nameof(TinyTransformer))
    {
        _sizes = sizes;
        _embedding = nn.Embedding(sizes.Vocabulary, sizes.Width);
        _layers = nn.ModuleList(Enumerable.Range(0, sizes.Layers).Select(_ => new TinyBlock(sizes)).ToArray());
        _head = nn.Linear(sizes.Width, sizes.Vocabulary, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Int64 [batch, length] to logits [batch · length, vocabulary].</summary>
    public override Tensor forward(Tensor input)
    {
        var x = _embedding.call(input);
        foreach (var block in _layers)
            x = block.call(x);
        return _head.call(Fused.rms_norm(x)).view(-1, _sizes.Vocabulary);
    }
}

/// <summary>One layer: attention, then the feed-forward part, each added to the residual stream.</summary>
public sealed class TinyBlock : nn.Module<Tensor, Tensor>
{
    private readonly TinySizes _sizes;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly Linear _up;
    private readonly Linear _down;
    private readonly Tensor _cos;
    private readonly Tensor _sin;

    public TinyBlock(TinySizes sizes)
        : base(nameof(TinyBlock))
    {
        _sizes = sizes;
        var keyWidth = sizes.KeyHeads * sizes.HeadDim;
        _query = nn.Linear(sizes.Width, sizes.Width, hasBias: false);
        _key = nn.Linear(sizes.Width, keyWidth, hasBias: false);
        _value = nn.Linear(sizes.Width, keyWidth, hasBias: false);
        _output = nn.Linear(sizes.Width, sizes.Width, hasBias: false);
        _up = nn.Linear(sizes.Width, sizes.Hidden, hasBias: false);
        _down = nn.Linear(sizes.Hidden, sizes.Width, hasBias: true);
        // Not true angles: any pair on the unit circle, made by exact steps, exercises the kernel as well.
        var steps = rand([sizes.Length, sizes.HeadDim / 2]);
        _cos = steps;
        _sin = (1 - steps.square()).sqrt();
        RegisterComponents();
    }

    /// <summary>[batch, length, width] to the same.</summary>
    public override Tensor forward(Tensor input)
    {
        var x = Fused.rms_norm(input);
        var q = Fused.rotary(Heads(_query.call(x)), _cos, _sin);
        var k = Fused.rotary(Heads(_key.call(x)), _cos, _sin);
        var v = Heads(_value.call(x));
        var attended = Fused.causal_attention(q, k, v, 1 / Math.Sqrt(_sizes.HeadDim));
        x = input + _output.call(attended.transpose(1, 2).reshape(_sizes.Batch, _sizes.Length, _sizes.Width));
        return x + _down.call(Fused.squared_relu(_up.call(Fused.rms_norm(x))));
    }

    private Tensor Heads(Tensor x) => x.view(_sizes.Batch, _sizes.Length, -1, _sizes.HeadDim).transpose(1, 2);
}
