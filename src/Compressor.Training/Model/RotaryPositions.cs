using Compressor.Prediction.Networks;
using Compressor.Training.Engine;

namespace Compressor.Training.Model;

/// <summary>
/// Rotary positions (Su et al., RoFormer, 2021) in the "rotate half" layout: element i of a head turns with element
/// i + head/2. The angles come from the table that the coder uses.
/// </summary>
internal sealed class RotaryPositions : IDisposable
{
    private readonly Tensor _cosines;   // [T, head/2]
    private readonly Tensor _sines;     // [T, head/2]

    public RotaryPositions(ModelConfig config, int length)
    {
        var table = new RotaryTable(config.HeadSize, config.RotaryBase);
        var cosines = new float[length * table.Pairs];
        var sines = new float[length * table.Pairs];
        for (int position = 0; position < length; position++)
        {
            int start = position * table.Pairs;
            table.Fill(position, cosines.AsSpan(start, table.Pairs), sines.AsSpan(start, table.Pairs));
        }

        _cosines = torch.tensor(cosines).view(length, table.Pairs).DetachFromDisposeScope();
        _sines = torch.tensor(sines).view(length, table.Pairs).DetachFromDisposeScope();
    }

    /// <summary>Turns the heads of <paramref name="x"/>, [B, heads, T, head], by their positions 0 … T−1.</summary>
    public Tensor Rotate(Tensor x) => Adaptor.Rotate(x, _cosines, _sines);

    public void Dispose()
    {
        _cosines.Dispose();
        _sines.Dispose();
    }
}
