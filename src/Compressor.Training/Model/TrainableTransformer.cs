namespace Compressor.Training.Model;

/// <summary>
/// The language model as it is trained: decoder blocks and a head. Parameters are named as Hugging Face models name them
/// (<c>model.layers.0.self_attn.q_proj.weight</c>, <c>lm_head.weight</c>).
/// </summary>
internal sealed class TrainableTransformer : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Decoder _decoder;
    private readonly Linear _head;

    /// <param name="config">Shape of the model.</param>
    /// <param name="length">Longest sequence.</param>
    public TrainableTransformer(ModelConfig config, int length)
        : base(nameof(TrainableTransformer))
    {
        Config = config;
        _decoder = new Decoder(config, length);
        _head = Layers.ZeroMatrix(config.HiddenSize, config.VocabularySize);
        register_module("model", _decoder);
        register_module("lm_head", _head);
    }

    public ModelConfig Config { get; }

    /// <summary>Weights of the head, [V, d].</summary>
    public Tensor HeadWeight => _head.weight!;

    /// <summary>Whether a parameter, by its name, is a look-up table; all others are multiplied.</summary>
    public static bool IsTable(string name) => name.Contains("embed", StringComparison.Ordinal);

    /// <summary>What the head is applied to, [B, T, d]: the loss goes through it in slices and never holds all logits.</summary>
    /// <param name="tokens">Input ids, [B, T].</param>
    /// <param name="ngrams">Rows of the hashed tables, [orders, B, T]; not used by a model without tables.</param>
    public Tensor Hidden(Tensor tokens, Tensor ngrams) => _decoder.call(tokens, ngrams);

    /// <summary>Logits [B, T, V] of the token after each input.</summary>
    /// <param name="tokens">Input ids, [B, T].</param>
    /// <param name="ngrams">Rows of the hashed tables, [orders, B, T]; not used by a model without tables.</param>
    public override Tensor forward(Tensor tokens, Tensor ngrams) => _head.call(_decoder.call(tokens, ngrams));
}
