using Compressor.Training.Engine;

namespace Compressor.Training.Model;

/// <summary>One block: x += attention(norm(x)); x += mlp(norm(x)). The norms have no gain: it would only be folded into the next matrix.</summary>
internal sealed class TransformerBlock : nn.Module<Tensor, Tensor>
{
    private readonly CausalSelfAttention _attention;
    private readonly SquaredReluMlp _mlp;

    public TransformerBlock(ModelConfig config, RotaryPositions positions)
        : base(nameof(TransformerBlock))
    {
        _attention = new CausalSelfAttention(config, positions);
        _mlp = new SquaredReluMlp(config);
        register_module("self_attn", _attention);
        register_module("mlp", _mlp);
    }

    public override Tensor forward(Tensor input)
    {
        var x = input + _attention.call(Adaptor.RmsNorm(input));  // [B, T, d]
        return x + _mlp.call(Adaptor.RmsNorm(x));
    }
}
