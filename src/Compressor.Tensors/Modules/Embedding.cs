namespace Compressor.Tensors.Modules
{
    /// <summary>A table of vectors, looked up by index.</summary>
    public sealed class Embedding : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        internal Embedding(long num_embeddings, long embedding_dims)
            : base(nameof(Embedding))
        {
            weight = new Parameter(torch.randn([num_embeddings, embedding_dims]));
            register_parameter(nameof(weight), weight);
        }

        /// <summary>[entries, d].</summary>
        public Parameter weight { get; }

        /// <summary>Int64 indices […] to vectors […, d].</summary>
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.embedding(input, weight);
    }
}

namespace Compressor.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A table of vectors, initialised normally with variance 1.</summary>
            public static Modules.Embedding Embedding(long num_embeddings, long embedding_dims) => new(num_embeddings, embedding_dims);
        }
    }
}
