using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Ngram;

/// <summary>A look-up table of int8 rows with a scale each.</summary>
/// <param name="Rows">[rows, d].</param>
/// <param name="Scales">[rows].</param>
internal sealed record EmbeddingTable(PinnedArray<sbyte> Rows, PinnedArray<float> Scales);

/// <summary>The matrices of one layer.</summary>
/// <param name="Query">[heads · headSize, d].</param>
/// <param name="Key">[keyValueHeads · headSize, d].</param>
/// <param name="Value">[keyValueHeads · headSize, d].</param>
/// <param name="Output">[d, heads · headSize].</param>
/// <param name="Up">[intermediate, d].</param>
/// <param name="Down">[d, intermediate]; its input is never negative.</param>
internal sealed record LayerWeights(
    PackedMatrix Query, PackedMatrix Key, PackedMatrix Value, PackedMatrix Output, PackedMatrix Up, PackedMatrix Down);

/// <summary>All weights, checked and repacked once; immutable and shared by every thread.</summary>
internal sealed class TransformerWeights
{
    /// <summary>
    /// Scales are at most this: with it no intermediate can overflow to infinity, so that no model, however it was
    /// made, leads to a NaN, whose bits may differ between machines.
    /// </summary>
    private const float MaxScale = 16f;

    private readonly SafetensorsFile _file;

    /// <exception cref="InvalidDataException">A tensor is missing, misshapen or out of range.</exception>
    public TransformerWeights(ModelConfig config, SafetensorsFile file)
    {
        _file = file;
        Config = config;
        int d = config.HiddenSize, queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        Embedding = Table("model.embed_tokens.weight", config.VocabularySize, d);
        Ngrams = new EmbeddingTable[config.NgramBuckets > 0 ? ModelConfig.NgramOrders.Length : 0];
        for (var i = 0; i < Ngrams.Length; i++) Ngrams[i] = Table($"model.ngram_embeddings.{i}.weight", config.NgramBuckets, d);
        Layers = new LayerWeights[config.Layers];
        for (var i = 0; i < Layers.Length; i++)
        {
            var layer = $"model.layers.{i}.";
            Layers[i] = new LayerWeights(
                Matrix(layer + "self_attn.q_proj.weight", queries, d),
                Matrix(layer + "self_attn.k_proj.weight", keys, d),
                Matrix(layer + "self_attn.v_proj.weight", keys, d),
                Matrix(layer + "self_attn.o_proj.weight", d, queries),
                Matrix(layer + "mlp.up_proj.weight", config.IntermediateSize, d),
                Matrix(layer + "mlp.down_proj.weight", d, config.IntermediateSize, signedInput: false));
        }
        Head = Matrix("lm_head.weight", config.VocabularySize, d);
        Rotary = new RotaryTable(config.HeadSize, config.RotaryBase);
    }

    public ModelConfig Config { get; }

    /// <summary>What the weights were read from.</summary>
    public SafetensorsFile File => _file;

    /// <summary>[V, d].</summary>
    public EmbeddingTable Embedding { get; }

    /// <summary>[buckets, d] for orders 2 and 3, or none.</summary>
    public EmbeddingTable[] Ngrams { get; }

    public LayerWeights[] Layers { get; }

    /// <summary>[V, d].</summary>
    public PackedMatrix Head { get; }

    public RotaryTable Rotary { get; }

    private PackedMatrix Matrix(string name, int outputs, int inputs, bool signedInput = true)
    {
        var rows = _file.Get(name, ElementType.I8, outputs, inputs).Int8;
        var scales = Scales(name, outputs);
        try
        {
            return new PackedMatrix(rows, scales, outputs, inputs, signedInput);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{SafetensorsFile.FileName}: '{name}': {e.Message}", e);
        }
    }

    /// <summary>Nothing is allocated before the file is known to hold the table.</summary>
    private EmbeddingTable Table(string name, int rows, int columns)
    {
        var values = _file.Get(name, ElementType.I8, rows, columns).Int8;
        var scales = Scales(name, rows);
        var table = new EmbeddingTable(new PinnedArray<sbyte>((long)rows * columns), new PinnedArray<float>(rows));
        values.CopyTo(table.Rows.Span);
        scales.CopyTo(table.Scales.Span);
        return table;
    }

    private ReadOnlySpan<float> Scales(string name, int rows)
    {
        var scales = _file.Get(name + "_scale", ElementType.F32, rows).Floats;
        for (var i = 0; i < scales.Length; i++)
        {
            if (!(scales[i] >= 0 && scales[i] <= MaxScale))
                throw new InvalidDataException($"{SafetensorsFile.FileName}: '{name}_scale'[{i}] is {scales[i]}, not in [0, {MaxScale}]");
        }
        return scales;
    }
}
