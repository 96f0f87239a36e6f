using Compressor.Training.Engine;

namespace Compressor.Training.Model;

/// <summary>Everything below the head: embeddings, blocks and the last norm.</summary>
internal sealed class Decoder : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding _tokens;
    private readonly ModuleList<Embedding> _ngrams;
    private readonly ModuleList<TransformerBlock> _layers;
    private readonly RotaryPositions _positions;

    public Decoder(ModelConfig config, int length)
        : base(nameof(Decoder))
    {
        int tables = config.NgramBuckets > 0 ? ModelConfig.NgramOrders.Length : 0;
        _positions = new RotaryPositions(config, length);
        _tokens = Layers.Embedding(config.VocabularySize, config.HiddenSize);
        _ngrams = new ModuleList<Embedding>([.. Enumerable.Range(0, tables).Select(_ => Layers.ZeroEmbedding(config.NgramBuckets, config.HiddenSize))]);
        _layers = new ModuleList<TransformerBlock>([.. Enumerable.Range(0, config.Layers).Select(_ => new TransformerBlock(config, _positions))]);
        register_module("embed_tokens", _tokens);
        register_module("ngram_embeddings", _ngrams);
        register_module("layers", _layers);
    }

    public override Tensor forward(Tensor tokens, Tensor ngrams)
    {
        var x = _tokens.call(tokens);                      // [B, T, d]
        for (int order = 0; order < _ngrams.Count; order++)
            x += _ngrams[order].call(ngrams.narrow(0, order, 1).view(tokens.shape));
        foreach (var layer in _layers)
            x = layer.call(x);
        return Adaptor.RmsNorm(x);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _positions.Dispose();
        base.Dispose(disposing);
    }
}
