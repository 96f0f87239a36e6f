using Compressor.Prediction.Networks;

namespace Compressor.Training.Model;

/// <summary>
/// Rotary positions (Su et al., RoFormer, 2021). A model's files have the "rotate half" layout, in which element i of a head turns with
/// element i + head/2. Here the two stand side by side, so that a pair is a complex number and a rotation one multiplication; the rows
/// of the matrices that make queries and keys are put in that order. The angles come from the table that the coder uses.
/// </summary>
internal sealed class RotaryPositions : IDisposable
{
    private readonly ModelConfig _config;
    private readonly Tensor _turns;   // complex, [T, H + G, head / 2]

    public RotaryPositions(ModelConfig config, int length)
    {
        _config = config;
        var table = new RotaryTable(config.HeadSize, config.RotaryBase);
        int pairs = table.Pairs, heads = config.Heads + config.KeyValueHeads;
        var (cosines, sines) = (new float[pairs], new float[pairs]);
        var turns = new float[length * heads * pairs * 2];
        for (var position = 0; position < length; position++)
        {
            table.Fill(position, cosines, sines);
            for (var head = 0; head < heads; head++)
            {
                // Attention wants its queries over √head.
                var factor = head < config.Heads ? 1 / MathF.Sqrt(config.HeadSize) : 1;
                for (var pair = 0; pair < pairs; pair++)
                {
                    var index = ((position * heads + head) * pairs + pair) * 2;
                    (turns[index], turns[index + 1]) = (cosines[pair] * factor, sines[pair] * factor);
                }
            }
        }

        using var scope = torch.NewDisposeScope();
        _turns = torch.tensor(turns).view(length, heads, pairs, 2).view_as_complex().DetachFromDisposeScope();
    }

    /// <summary>
    /// Where each row of the matrix of queries, keys and values is among the rows of the three matrices of the model's files: row 2·i of
    /// a head is that head's i, row 2·i + 1 its i + head/2.
    /// </summary>
    public static long[] RowOrder(ModelConfig config)
    {
        int size = config.HeadSize, turned = config.Heads + config.KeyValueHeads;
        var order = new long[(turned + config.KeyValueHeads) * size];
        for (var row = 0; row < order.Length; row++)
        {
            var (head, i) = Math.DivRem(row, size);
            order[row] = head < turned ? head * size + i % 2 * (size / 2) + i / 2 : row;
        }

        return order;
    }

    /// <summary>Turns queries and keys, [B · T, (H + G) · head], by their positions 0 … T−1; queries come out over √head.</summary>
    /// <returns>[B, T, H + G, head], float32.</returns>
    public Tensor Turn(Tensor x, long length)
    {
        long heads = _config.Heads + _config.KeyValueHeads, size = _config.HeadSize;
        var pairs = x.to_type(ScalarType.Float32).contiguous().view(-1, length, heads, size / 2, 2).view_as_complex();
        return (pairs * _turns.narrow(0, 0, length)).view_as_real().view(-1, length, heads, size);
    }

    public void Dispose() => _turns.Dispose();
}
