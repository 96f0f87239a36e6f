using Compressor.Training.Compute;

namespace Compressor.Training.Model;

/// <summary>
/// softmax(Q · Kᵀ + mask) · V for causal sequences, in blocks of queries: a block is multiplied with the keys up to its own end, so
/// that the half of the products that the mask would throw away is hardly computed. All query heads that share a key/value head are
/// rows of one product, without repeating it. (libtorch's own attention on the processor takes three times as long in bfloat16.)
/// </summary>
internal sealed class CausalAttention : IDisposable
{
    /// <summary>Positions of a block.</summary>
    private const int BlockLength = 64;

    private readonly ModelConfig _config;
    private readonly int _block;
    private readonly Tensor _future;   // [block, 1, block]: −∞ right of the diagonal

    public CausalAttention(ModelConfig config, int length, ScalarType type)
    {
        _config = config;
        _block = Math.Min(BlockLength, length);
        using var scope = torch.NewDisposeScope();
        _future = ScalarOperations.Full([_block, _block], float.NegativeInfinity).triu(1).view(_block, 1, _block).to_type(type).DetachFromDisposeScope();
    }

    /// <param name="turned">Queries and keys, [B, T, H + G, head]; the queries over √head.</param>
    /// <param name="values">[B · T, G · head].</param>
    /// <returns>[B · T, H · head].</returns>
    public Tensor Attend(Tensor turned, Tensor values)
    {
        long batch = turned.shape[0], length = turned.shape[1], size = _config.HeadSize;
        long groups = _config.KeyValueHeads, shared = _config.Heads / groups;
        // [B·G, T·H/G, head] and [B·G, T, head]
        var q = turned.narrow(2, 0, _config.Heads).reshape(batch, length, groups, shared, size).transpose(1, 2).reshape(batch * groups, length * shared, size);
        var k = turned.narrow(2, _config.Heads, groups).transpose(1, 2).reshape(batch * groups, length, size);
        var v = values.reshape(batch, length, groups, size).transpose(1, 2).reshape(batch * groups, length, size);
        var blocks = new List<Tensor>();
        for (long start = 0; start < length; start += _block)
        {
            long rows = Math.Min(_block, length - start), seen = start + rows;
            var scores = q.narrow(1, start * shared, rows * shared).bmm(k.narrow(1, 0, seen).transpose(1, 2));   // [B·G, rows·H/G, seen]
            using (torch.no_grad()) // the product's gradient does not need its result
                scores.detach().view(-1, rows, shared, seen).narrow(3, start, rows).Add(_future.narrow(0, 0, rows).narrow(2, 0, rows));
            blocks.Add(scores.softmax(-1).bmm(v.narrow(1, 0, seen)));
        }

        var mixed = blocks.Count == 1 ? blocks[0] : torch.cat(blocks, 1);
        return mixed.view(batch, groups, length, shared, size).transpose(1, 2).reshape(batch * length, _config.Heads * size);
    }

    public void Dispose() => _future.Dispose();
}
