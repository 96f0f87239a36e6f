namespace Compressor.Training.Model;

/// <summary>
/// The parameters of the language model, float32, named as Hugging Face models name them
/// (<c>model.layers.0.self_attn.q_proj.weight</c>, <c>lm_head.weight</c>). What computes with them is <see cref="Network"/>.
/// </summary>
internal sealed class TrainableTransformer : nn.Module
{
    /// <summary>Embedding rows start small against what the first hundred steps add to them.</summary>
    private const double EmbeddingDeviation = 0.1;

    /// <param name="config">Shape of the model.</param>
    public TrainableTransformer(ModelConfig config)
        : base(nameof(TrainableTransformer))
    {
        Config = config;
        int d = config.HiddenSize, queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        Tokens = nn.Embedding(config.VocabularySize, d);
        nn.init.normal_(Tokens.weight!, 0, EmbeddingDeviation);
        Ngrams = new ModuleList<Embedding>([.. ModelConfig.NgramOrders.ToArray().Take(config.NgramBuckets > 0 ? int.MaxValue : 0).Select(_ => ZeroTable())]);
        Layers = new ModuleList<Layer>([.. Enumerable.Range(0, config.Layers).Select(_ => new Layer(d, queries, keys, config.IntermediateSize))]);
        Head = ZeroMatrix(d, config.VocabularySize);
        register_module("model", new Group(("embed_tokens", Tokens), ("ngram_embeddings", Ngrams), ("layers", Layers)));
        register_module("lm_head", Head);

        // A row that training never meets adds nothing.
        Embedding ZeroTable()
        {
            var table = nn.Embedding(config.NgramBuckets, d);
            nn.init.zeros_(table.weight!);
            return table;
        }
    }

    public ModelConfig Config { get; }

    /// <summary>The token embeddings, [V, d].</summary>
    public Embedding Tokens { get; }

    /// <summary>The hashed n-gram tables, [buckets, d] for each of <see cref="ModelConfig.NgramOrders"/>, or none.</summary>
    public ModuleList<Embedding> Ngrams { get; }

    /// <summary>The blocks.</summary>
    public ModuleList<Layer> Layers { get; }

    /// <summary>[V, d].</summary>
    public Linear Head { get; }

    /// <summary>Whether a parameter, by its name, is a look-up table; all others are multiplied.</summary>
    public static bool IsTable(string name) => name.Contains("embed", StringComparison.Ordinal);

    /// <summary>A matrix with normal entries that keep the variance of its input.</summary>
    private static Linear Matrix(int inputs, int outputs)
    {
        var layer = nn.Linear(inputs, outputs, hasBias: false);
        nn.init.normal_(layer.weight!, 0, 1 / Math.Sqrt(inputs));
        return layer;
    }

    /// <summary>A matrix of zeros: what writes to the residual stream is silent at first, so that depth does no harm.</summary>
    private static Linear ZeroMatrix(int inputs, int outputs)
    {
        var layer = nn.Linear(inputs, outputs, hasBias: false);
        nn.init.zeros_(layer.weight!);
        return layer;
    }

    /// <summary>The matrices of one block, each [outputs, inputs].</summary>
    internal sealed class Layer : nn.Module
    {
        public Layer(int width, int queries, int keys, int inner)
            : base(nameof(Layer))
        {
            Query = Matrix(width, queries);
            Key = Matrix(width, keys);
            Value = Matrix(width, keys);
            Output = ZeroMatrix(queries, width);
            Up = Matrix(width, inner);
            Down = ZeroMatrix(inner, width);
            register_module("self_attn", new Group(("q_proj", Query), ("k_proj", Key), ("v_proj", Value), ("o_proj", Output)));
            register_module("mlp", new Group(("up_proj", Up), ("down_proj", Down)));
        }

        public Linear Query { get; }

        public Linear Key { get; }

        public Linear Value { get; }

        public Linear Output { get; }

        public Linear Up { get; }

        public Linear Down { get; }
    }

    /// <summary>A level of the parameters' names.</summary>
    private sealed class Group : nn.Module
    {
        public Group(params (string Name, nn.Module Module)[] modules)
            : base(nameof(Group))
        {
            foreach (var (name, module) in modules)
                register_module(name, module);
        }
    }
}
