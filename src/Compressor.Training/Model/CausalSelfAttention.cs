using Compressor.Training.Engine;

namespace Compressor.Training.Model;

/// <summary>Causal multi-head attention with rotary positions and optional grouped key/value heads.</summary>
internal sealed class CausalSelfAttention : nn.Module<Tensor, Tensor>
{
    private readonly ModelConfig _config;
    private readonly RotaryPositions _positions;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;

    public CausalSelfAttention(ModelConfig config, RotaryPositions positions)
        : base(nameof(CausalSelfAttention))
    {
        _config = config;
        _positions = positions;
        _query = Layers.Matrix(config.HiddenSize, config.Heads * config.HeadSize);
        _key = Layers.Matrix(config.HiddenSize, config.KeyValueHeads * config.HeadSize);
        _value = Layers.Matrix(config.HiddenSize, config.KeyValueHeads * config.HeadSize);
        _output = Layers.ZeroMatrix(config.Heads * config.HeadSize, config.HiddenSize);
        register_module("q_proj", _query);
        register_module("k_proj", _key);
        register_module("v_proj", _value);
        register_module("o_proj", _output);
    }

    public override Tensor forward(Tensor input)
    {
        long batch = input.shape[0], length = input.shape[1];                      // [B, T, d]
        var query = _positions.Rotate(SplitHeads(_query.call(input), _config.Heads));
        var key = _positions.Rotate(SplitHeads(_key.call(input), _config.KeyValueHeads));
        var value = SplitHeads(_value.call(input), _config.KeyValueHeads);
        var mixed = Adaptor.CausalAttention(query, key, value);                    // [B, H, T, head]
        return _output.call(mixed.transpose(1, 2).reshape(batch, length, _config.Heads * _config.HeadSize));
    }

    // [B, T, heads·head] → [B, heads, T, head]
    private Tensor SplitHeads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, _config.HeadSize).transpose(1, 2);
}
