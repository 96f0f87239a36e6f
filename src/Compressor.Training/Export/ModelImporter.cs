using Compressor.Prediction.Networks;
using Compressor.Symbols;
using Compressor.Training.Model;

namespace Compressor.Training.Export;

/// <summary>A model folder as the start of a run: what <see cref="ModelExporter"/> wrote, back as float32 weights.</summary>
internal sealed class ModelImporter
{
    private readonly SafetensorsFile _weights;

    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or no model of this kind.</exception>
    public ModelImporter(string folder)
    {
        Id = LanguageModel.Load(folder).Id; // checks everything
        using (var stream = File.OpenRead(Path.Combine(folder, "config.json")))
            Config = ModelConfig.Load(stream);
        using (var stream = File.OpenRead(Path.Combine(folder, "tokenizer.json")))
            Tokenizer = TokenizerFile.Load(stream);
        _weights = SafetensorsFile.Load(File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    public ModelId Id { get; }

    public ModelConfig Config { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>
    /// Sets the parameters of a model of the same shape, or of a larger one that then computes the same function: what is
    /// new in it reads the old, and writes zeros until it has learned something. (Growing a network without changing what it
    /// computes: Chen, Goodfellow and Shlens, Net2Net, 2016.)
    /// </summary>
    /// <exception cref="InvalidDataException">The model is not at least as large, or differs where it must not.</exception>
    public void CopyTo(TrainableTransformer model)
    {
        Require(model.Config);
        using var noGradient = torch.no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (!_weights.Contains(name))
                continue; // a new layer: its output matrices are zeros
            using var scope = torch.NewDisposeScope();
            int rows = (int)parameter.shape[0], columns = (int)parameter.shape[1];
            var values = parameter.cpu().data<float>().ToArray();
            Fill(name, values, rows, columns, model.Config.HiddenSize);
            parameter.copy_(torch.tensor(values).view(rows, columns));
        }
    }

    /// <summary>
    /// Writes the known block of a matrix. Every look-up row gets one, for the new buckets of an n-gram table those of the old
    /// bucket with the same low bits; a look-up has zeros in the new columns.
    /// </summary>
    private void Fill(string name, float[] values, int rows, int columns, int width)
    {
        var (integers, scales, knownRows, knownColumns) = Known(name);
        bool isTable = TrainableTransformer.IsTable(name), isHead = name == "lm_head.weight";
        // The norm divides by the root of a mean over more elements, so what it gives is larger by this factor.
        var readsNorm = !isTable && !name.Contains("o_proj", StringComparison.Ordinal) && !name.Contains("down_proj", StringComparison.Ordinal);
        var factor = readsNorm ? MathF.Sqrt((float)Config.HiddenSize / width) : 1;
        for (var row = 0; row < (isTable ? rows : knownRows); row++)
        {
            var known = row % knownRows;
            var target = values.AsSpan(row * columns, columns);
            if (isTable || isHead)
                target.Clear();
            for (var column = 0; column < knownColumns; column++)
                target[column] = integers.Span[known * knownColumns + column] * scales.Span[known] * factor;
        }
    }

    private (ReadOnlyMemory<sbyte> Integers, ReadOnlyMemory<float> Scales, int Rows, int Columns) Known(string name)
    {
        int d = Config.HiddenSize, queries = Config.Heads * Config.HeadSize, keys = Config.KeyValueHeads * Config.HeadSize;
        var (rows, columns) = name.Split('.')[^2] switch
        {
            "q_proj" => (queries, d),
            "k_proj" or "v_proj" => (keys, d),
            "o_proj" => (d, queries),
            "up_proj" => (Config.IntermediateSize, d),
            "down_proj" => (d, Config.IntermediateSize),
            "embed_tokens" or "lm_head" => (Config.VocabularySize, d),
            _ => (Config.NgramBuckets, d),
        };
        return (_weights.Get(name, ElementType.I8, rows, columns).Int8.ToArray(),
            _weights.Get(name + ModelExporter.ScaleSuffix, ElementType.F32, rows).Floats.ToArray(), rows, columns);
    }

    private void Require(ModelConfig larger)
    {
        if (larger.VocabularySize != Config.VocabularySize || larger.HeadSize != Config.HeadSize || larger.KeyValueHeads != Config.KeyValueHeads
            || larger.RotaryBase != Config.RotaryBase || (Config.NgramBuckets == 0) != (larger.NgramBuckets == 0))
        {
            throw new InvalidDataException("the initial model cannot become one of the preset's shape: vocabulary, head size, key/value heads "
                + "and rotary base must be the same, and both must have n-gram tables or neither");
        }

        if (larger.HiddenSize < Config.HiddenSize || larger.Layers < Config.Layers || larger.Heads < Config.Heads
            || larger.IntermediateSize < Config.IntermediateSize || larger.NgramBuckets < Config.NgramBuckets)
        {
            throw new InvalidDataException("the initial model is larger than the preset's shape");
        }
    }
}
