using Compressor.Training.Data;
using Compressor.Training.Model;

namespace Compressor.Training.Tests.Model;

/// <summary>
/// The model as a paper would write it, straight from the parameters of its files: rotate half, every head with keys of its own, a
/// mask over all positions, all logits at once, libtorch's gradients.
/// </summary>
internal static class ReferenceModel
{
    /// <summary>Mean loss in nats per target that counts, with gradient history.</summary>
    public static Tensor Loss(TrainableTransformer model, Batch batch)
    {
        var c = model.Config;
        int size = c.HeadSize, length = batch.Length;
        var (cosines, sines) = Angles(c, length);
        var mask = torch.full([length, length], float.NegativeInfinity).triu(1);
        var x = model.Tokens.call(torch.tensor(batch.Inputs));                                        // [B·T, d]
        foreach (var (table, buckets) in model.Ngrams.Zip(NgramBuckets.Compute(batch, c.NgramBuckets)))
            x = x + table.call(torch.tensor(buckets));
        foreach (var layer in model.Layers)
        {
            var h = Norm(x);
            var q = Rotate(Heads(layer.Query.call(h), c.Heads));                                      // [B, H, T, head]
            var k = Rotate(Heads(layer.Key.call(h), c.KeyValueHeads)).repeat_interleave(c.Heads / c.KeyValueHeads, 1);
            var v = Heads(layer.Value.call(h), c.KeyValueHeads).repeat_interleave(c.Heads / c.KeyValueHeads, 1);
            var mixed = (q.matmul(k.transpose(2, 3)) / Math.Sqrt(size) + mask).softmax(-1).matmul(v);
            x = x + layer.Output.call(mixed.transpose(1, 2).reshape(-1, c.Heads * size));
            x = x + layer.Down.call(layer.Up.call(Norm(x)).relu().pow(2));
        }

        return nn.functional.cross_entropy(model.Head.call(Norm(x)), torch.tensor(batch.Targets), ignore_index: Batch.Ignored);

        Tensor Heads(Tensor y, int heads) => y.view(batch.Sequences, length, heads, size).transpose(1, 2);

        Tensor Rotate(Tensor y)
        {
            var (first, second) = (y.narrow(3, 0, size / 2), y.narrow(3, size / 2, size / 2));
            return torch.cat([first * cosines - second * sines, second * cosines + first * sines], 3);
        }
    }

    private static Tensor Norm(Tensor x) => x / (x.pow(2).mean([-1], keepdim: true) + 1e-6).sqrt();

    private static (Tensor Cosines, Tensor Sines) Angles(ModelConfig config, int length)
    {
        var pairs = config.HeadSize / 2;
        double[] angles = [.. from t in Enumerable.Range(0, length) from i in Enumerable.Range(0, pairs) select t * Math.Pow(config.RotaryBase, -(double)i / pairs)];
        return (Tensor([.. angles.Select(Math.Cos)]), Tensor([.. angles.Select(Math.Sin)]));

        Tensor Tensor(double[] values) => torch.tensor(values).to_type(ScalarType.Float32).view(length, pairs);
    }
}
