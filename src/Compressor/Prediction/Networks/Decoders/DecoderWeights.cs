using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>A linear layer.</summary>
/// <param name="Matrix">[outputs, inputs].</param>
/// <param name="Bias">[padded outputs]; null for none.</param>
internal sealed record Linear(DigitMatrix Matrix, NativeData<float>? Bias);

/// <summary>The elementwise part of a norm.</summary>
/// <param name="Gain">[padded d].</param>
/// <param name="Bias">The same; null for none.</param>
internal sealed record Norm(NativeData<float> Gain, NativeData<float>? Bias);

/// <summary>The weights of one layer.</summary>
internal sealed record DecoderLayer(
    Norm AttentionNorm, Linear Query, Linear Key, Linear Value, Linear Output, NativeData<float>? QueryNorm, NativeData<float>? KeyNorm,
    Norm MlpNorm, Linear? Gate, Linear Up, Linear Down);

/// <summary>Where weights come from: a checkpoint, which is quantised, or a copy that is quantised already.</summary>
internal interface IDecoderSource
{
    /// <summary>A matrix in this engine's layout.</summary>
    /// <exception cref="InvalidDataException">It is missing, misshapen or out of range.</exception>
    DigitMatrix Matrix(string name, int outputs, int inputs);

    /// <summary>A vector, filled up with zeros.</summary>
    /// <exception cref="InvalidDataException">It is missing, misshapen or out of range.</exception>
    NativeData<float> Vector(string name, int length);
}

/// <summary>All weights of a network, under names of this engine. Immutable; shared by threads.</summary>
internal sealed class DecoderWeights
{
    /// <summary>Weights of matrices are within ±this: then nothing that is computed from them overflows, and no NaN arises.</summary>
    public const float MaxWeight = 256;

    /// <summary>The same for gains and biases.</summary>
    public const float MaxVectorElement = 4096;

    private readonly IDecoderSource _source;
    private readonly List<(string Name, object Part)> _parts = [];

    /// <param name="shape">Of the network.</param>
    /// <param name="vocabulary">Ranks of tokens.</param>
    /// <param name="source">Has the weights.</param>
    /// <exception cref="InvalidDataException">They are not all there as they should be.</exception>
    public DecoderWeights(DecoderShape shape, int vocabulary, IDecoderSource source)
    {
        _source = source;
        Shape = shape;
        Vocabulary = vocabulary;
        int d = shape.PaddedHiddenSize, queries = shape.Heads * shape.PaddedHeadSize, keys = shape.KeyValueHeads * shape.PaddedHeadSize;
        Layers = new DecoderLayer[shape.Layers];
        for (var i = 0; i < Layers.Length; i++)
        {
            var layer = $"layers.{i}.";
            Layers[i] = new DecoderLayer(
                Norm(layer + "attention_norm"),
                Linear(layer + "query", queries, d, shape.QueryKeyValueBias),
                Linear(layer + "key", keys, d, shape.QueryKeyValueBias),
                Linear(layer + "value", keys, d, shape.QueryKeyValueBias),
                Linear(layer + "output", d, queries, shape.OutputBias),
                shape.QueryKeyNorm ? Vector(layer + "query_norm", shape.PaddedHeadSize) : null,
                shape.QueryKeyNorm ? Vector(layer + "key_norm", shape.PaddedHeadSize) : null,
                Norm(layer + "mlp_norm"),
                shape.Gated ? Linear(layer + "gate", shape.PaddedIntermediateSize, d, shape.MlpBias) : null,
                Linear(layer + "up", shape.PaddedIntermediateSize, d, shape.MlpBias),
                Linear(layer + "down", d, shape.PaddedIntermediateSize, shape.MlpBias));
        }
        FinalNorm = Norm("final_norm");
        Head = Matrix("head", vocabulary, d);
        Embedding = shape.TiedHead ? Head : Matrix("embedding", vocabulary, d);
        Positions = shape.Frequencies is null ? Vector("positions", shape.Context * d) : null;
        Rotary = shape.Frequencies is { } frequencies ? new RotaryTable(Filled(frequencies, shape.PaddedHeadSize / 2)) : null;
    }

    /// <summary>The shape.</summary>
    public DecoderShape Shape { get; }

    /// <summary>Ranks of tokens.</summary>
    public int Vocabulary { get; }

    /// <summary>The layers.</summary>
    public DecoderLayer[] Layers { get; }

    /// <summary>Before the head.</summary>
    public Norm FinalNorm { get; }

    /// <summary>[vocabulary, d].</summary>
    public DigitMatrix Head { get; }

    /// <summary>[vocabulary, d].</summary>
    public DigitMatrix Embedding { get; }

    /// <summary>[context, padded d]; null with rotary positions.</summary>
    public NativeData<float>? Positions { get; }

    /// <summary>Rotary positions; null with learned ones.</summary>
    public RotaryTable? Rotary { get; }

    /// <summary>Every matrix (<see cref="DigitMatrix"/>) and vector (<see cref="NativeData{T}"/> of floats), in one order.</summary>
    public IReadOnlyList<(string Name, object Part)> Parts => _parts;

    private Norm Norm(string name) =>
        new(Vector(name + ".gain", Shape.PaddedHiddenSize), Shape.LayerNorm ? Vector(name + ".bias", Shape.PaddedHiddenSize) : null);

    private Linear Linear(string name, int outputs, int inputs, bool biased) =>
        new(Matrix(name, outputs, inputs), biased ? Vector(name + ".bias", outputs) : null);

    private DigitMatrix Matrix(string name, int outputs, int inputs)
    {
        var matrix = _source.Matrix(name, outputs, inputs);
        _parts.Add((name, matrix));
        return matrix;
    }

    private NativeData<float> Vector(string name, int length)
    {
        var vector = _source.Vector(name, length);
        _parts.Add((name, vector));
        return vector;
    }

    private static double[] Filled(double[] frequencies, int length) => [.. frequencies, .. new double[length - frequencies.Length]];
}
