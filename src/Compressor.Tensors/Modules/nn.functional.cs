using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Layers as functions.</summary>
        public static unsafe class functional
        {
            /// <summary>x · Wᵀ + bias: […, in] with W [out, in] and bias [out] to […, out].</summary>
            /// <exception cref="ArgumentException">The shapes do not fit.</exception>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
            {
                ArgumentNullException.ThrowIfNull(input);
                ArgumentNullException.ThrowIfNull(weights);
                if (weights.ndim != 2 || input.ndim < 1 || input.Sizes[^1] != weights.Sizes[1])
                    throw Shapes.Mismatch(nameof(linear), input.Sizes, weights.Sizes);
                if (bias is not null && (bias.ndim != 1 || bias.Sizes[0] != weights.Sizes[0]))
                    throw Shapes.Mismatch(nameof(linear), weights.Sizes, bias.Sizes);
                var inputs = checked((int)weights.Sizes[1]);
                var outputs = checked((int)weights.Sizes[0]);
                var rows = checked((int)Shapes.Count(input.Sizes[..^1]));

                var result = Tensor.Allocate([.. input.Sizes[..^1], outputs]); // [rows, outputs]
                MatrixProduct.Multiply(
                    false, true, rows, outputs, inputs, input.Floats, inputs, weights.Floats, inputs, result.Floats, outputs, false);
                if (bias is not null)
                    Rows.AddVector(result.Floats, bias.Floats, result.Floats, rows, outputs);
                return Records(input, weights, bias)
                    ? result.ProducedBy(new LinearNode(input, weights, bias, rows, inputs, outputs))
                    : result;
            }

            /// <summary>Rows of a table [entries, d] by Int64 indices […]: […, d].</summary>
            /// <exception cref="ArgumentException">The table is not a matrix, or an index is outside it.</exception>
            public static Tensor embedding(Tensor input, Tensor weight)
            {
                ArgumentNullException.ThrowIfNull(input);
                ArgumentNullException.ThrowIfNull(weight);
                input.Require(nameof(embedding), ScalarType.Int64);
                if (weight.ndim != 2)
                    throw new ArgumentException($"embedding: table of shape {Shapes.Text(weight.Sizes)}.");
                var entries = weight.Sizes[0];
                var d = checked((int)weight.Sizes[1]);
                var count = checked((int)input.Count);
                foreach (var index in new ReadOnlySpan<long>(input.Longs, count))
                {
                    if (index < 0 || index >= entries)
                        throw new ArgumentException($"embedding: index {index} is outside a table of shape {Shapes.Text(weight.Sizes)}.");
                }

                var result = Tensor.Allocate([.. input.Sizes, d]);
                Rows.Gather(weight.Floats, input.Longs, result.Floats, count, d);
                return Records(weight) ? result.ProducedBy(new EmbeddingNode(input, weight, count, d)) : result;
            }

            /// <summary>max(x, 0).</summary>
            public static Tensor relu(Tensor x)
            {
                ArgumentNullException.ThrowIfNull(x);
                return x.relu();
            }

            /// <summary>e^x / Σ e^x along a dimension.</summary>
            public static Tensor softmax(Tensor input, long dim)
            {
                ArgumentNullException.ThrowIfNull(input);
                return input.softmax(dim);
            }

            /// <summary>x − ln Σ e^x along a dimension.</summary>
            public static Tensor log_softmax(Tensor x, long dim)
            {
                ArgumentNullException.ThrowIfNull(x);
                return x.log_softmax(dim);
            }

            /// <summary>
            /// Mean over the rows of −ln softmax(input)[target], in nats: logits [rows, classes], Int64 targets [rows].
            /// Rows whose target is <paramref name="ignore_index"/> do not count.
            /// </summary>
            /// <exception cref="ArgumentException">The shapes do not fit, or a target is outside the classes.</exception>
            public static Tensor cross_entropy(Tensor input, Tensor target, long ignore_index = -100) =>
                CrossEntropyNode.Apply(nameof(cross_entropy), input, target, ignore_index, overwritesLogits: false);

            /// <summary>
            /// softmax(q·kᵀ/√d + mask)·v for [batch, heads, length, d] (or any equal leading sizes). The causal form
            /// (spelled as in TorchSharp) is one fused kernel; the general form is composed.
            /// </summary>
            /// <param name="query">[…, length, d].</param>
            /// <param name="key">[…, keys, d].</param>
            /// <param name="value">[…, keys, d].</param>
            /// <param name="attn_mask">Added to the scores, broadcast to […, length, keys].</param>
            /// <param name="p">Dropout; only 0 is supported.</param>
            /// <param name="is_casual">Position i attends to positions 0 … i.</param>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                ArgumentNullException.ThrowIfNull(query);
                ArgumentNullException.ThrowIfNull(key);
                ArgumentNullException.ThrowIfNull(value);
                if (p != 0)
                    throw new NotSupportedException("scaled_dot_product_attention: dropout is not supported.");
                var scale = 1 / Math.Sqrt(query.size(-1)); // correctly rounded everywhere
                if (is_casual)
                {
                    return attn_mask is null
                        ? Fused.causal_attention(query, key, value, scale)
                        : throw new ArgumentException("scaled_dot_product_attention: either a mask or causal, not both.");
                }
                var scores = query.matmul(key.transpose(-2, -1)) * scale;
                if (attn_mask is not null)
                    scores += attn_mask;
                return scores.softmax(-1).matmul(value);
            }
        }
    }
}
