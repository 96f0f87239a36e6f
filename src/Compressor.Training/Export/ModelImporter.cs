using Compressor.Model;
using Compressor.Text;
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

    /// <summary>Sets every parameter to its int8 value times the scale of its row.</summary>
    public void CopyTo(TrainableTransformer model)
    {
        using var noGradient = torch.no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            using var scope = torch.NewDisposeScope();
            long rows = parameter.shape[0], columns = parameter.shape[1];
            var integers = _weights.Get(name, ElementType.I8, rows, columns).Int8;
            var scales = _weights.Get(name + ModelExporter.ScaleSuffix, ElementType.F32, rows).Floats;
            var values = new float[integers.Length];
            for (int i = 0; i < values.Length; i++)
                values[i] = integers[i] * scales[(int)(i / columns)];
            parameter.copy_(torch.tensor(values).view(rows, columns));
        }
    }
}
