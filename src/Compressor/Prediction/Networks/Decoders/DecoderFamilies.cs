using System.Text.Json;
using Compressor.Prediction.Networks.Gpt2;
using Compressor.Prediction.Networks.Llama;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>A family of models: how it states its shape, and where it keeps its weights.</summary>
internal interface IDecoderFamily
{
    /// <summary>What <c>model_type</c> calls its models.</summary>
    IReadOnlyList<string> ModelTypes { get; }

    /// <summary>The shape that a <c>config.json</c> states.</summary>
    /// <exception cref="InvalidDataException">A field is missing, out of range, or asks for what the engine does not do.</exception>
    DecoderShape ShapeOf(JsonElement config);

    /// <summary>Says where what this engine calls by a name is kept.</summary>
    /// <param name="config">As above.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="contains">Whether the checkpoint has a tensor.</param>
    Func<string, TensorPlace> PlacesOf(JsonElement config, DecoderShape shape, Func<string, bool> contains);
}

/// <summary>The families that can be imported.</summary>
internal static class DecoderFamilies
{
    private static readonly IDecoderFamily[] All = [new LlamaFamily(), new Gpt2Family()];

    /// <summary>The family of a <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static IDecoderFamily Of(JsonElement config)
    {
        var type = ConfigFields.Text(config, "model_type", "");
        if (ConfigFields.Has(config, "quantization_config"))
            throw new InvalidDataException("config.json: quantization_config: only checkpoints that are not quantised can be imported");
        return All.FirstOrDefault(family => family.ModelTypes.Contains(type)) ?? throw new InvalidDataException(
            $"config.json: model_type {SafetensorsHeader.Quoted(type)} is not supported; {string.Join(", ", All.SelectMany(family => family.ModelTypes))} are");
    }

    /// <summary>Requires a text to be one of those supported.</summary>
    public static void Expect(JsonElement config, string name, string otherwise, params ReadOnlySpan<string> supported)
    {
        var value = ConfigFields.Text(config, name, otherwise);
        if (!supported.Contains(value)) throw new InvalidDataException($"config.json: {name} is {SafetensorsHeader.Quoted(value)}, not {string.Join(" or ", supported.ToArray())}");
    }
}
