using Compressor.Prediction.Networks;
using Compressor.Training.Compute;

namespace Compressor.Training.Inference;

/// <summary>
/// The embedding tables. They stay int8 in main memory, where they take a quarter of the space that floats would; only
/// the rows looked up become tensors.
/// </summary>
internal sealed class InputRows
{
    private readonly ModelConfig _config;
    private readonly (SafetensorsEntry Rows, SafetensorsEntry Scales)[] _tables;

    public InputRows(ModelConfig config, SafetensorsFile file)
    {
        _config = config;
        var tables = new List<(SafetensorsEntry, SafetensorsEntry)> { Table("model.embed_tokens.weight", config.VocabularySize) };
        for (var i = 0; i < (config.NgramBuckets > 0 ? ModelConfig.NgramOrders.Length : 0); i++)
            tables.Add(Table($"model.ngram_embeddings.{i}.weight", config.NgramBuckets));
        _tables = [.. tables];

        (SafetensorsEntry, SafetensorsEntry) Table(string name, int rows) =>
            (file.Get(name, ElementType.I8, rows, config.HiddenSize), file.Get(name + "_scale", ElementType.F32, rows));
    }

    /// <summary>The sum of each input's rows times their scales, [inputs, d].</summary>
    public Tensor Embed(ReadOnlySpan<NgramInput> inputs)
    {
        var sum = Look(0, inputs);
        for (var table = 1; table < _tables.Length; table++)
            sum = sum.Plus(Look(table, inputs));
        return sum;
    }

    private Tensor Look(int table, ReadOnlySpan<NgramInput> inputs)
    {
        var d = _config.HiddenSize;
        var (rows, scales) = _tables[table];
        var values = new float[inputs.Length * d];
        var factors = new float[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var (token, previous, beforePrevious) = inputs[i];
            var row = table == 0
                ? token
                : NgramHash.Bucket(ModelConfig.NgramOrders[table - 1], token, previous, beforePrevious, _config.NgramBuckets);
            var source = rows.Int8.Slice(row * d, d);
            for (var j = 0; j < d; j++)
                values[i * d + j] = source[j];
            factors[i] = scales.Floats[row];
        }

        return torch.tensor(values).view(inputs.Length, d) * torch.tensor(factors).view(inputs.Length, 1);
    }
}
