using Compressor.Training.Engine;

namespace Compressor.Training.Model;

/// <summary>The position-wise layer: down(relu(up(x))²).</summary>
internal sealed class SquaredReluMlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear _up;
    private readonly Linear _down;

    public SquaredReluMlp(ModelConfig config)
        : base(nameof(SquaredReluMlp))
    {
        _up = Layers.Matrix(config.HiddenSize, config.IntermediateSize);
        _down = Layers.ZeroMatrix(config.IntermediateSize, config.HiddenSize);
        register_module("up_proj", _up);
        register_module("down_proj", _down);
    }

    public override Tensor forward(Tensor input) => _down.call(Adaptor.SquaredRelu(_up.call(input)));
}
