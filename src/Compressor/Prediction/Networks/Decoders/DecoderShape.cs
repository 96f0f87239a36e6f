using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>What the decoder-only transformers that people keep as checkpoints differ in. A family makes it from its <c>config.json</c>.</summary>
internal sealed record DecoderShape
{
    /// <summary>The most tokens that a lane sees before it starts afresh, unless a model has fewer positions.</summary>
    public const int MaxContext = 2048;

    /// <summary>The most bytes of keys and values of a lane; a model that would need more gets a shorter context.</summary>
    private const long MaxCacheBytes = 256L << 20;

    /// <summary>The least context.</summary>
    private const int MinContext = 64;

    /// <summary>Ids of tokens, from 0.</summary>
    public required int Ids { get; init; }

    /// <summary>Width of the residual stream, d.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key/value heads; <see cref="Heads"/> is a multiple of it.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head; any even number to 512.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Width of the multilayer perceptron.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Positions that the model knows.</summary>
    public required int Positions { get; init; }

    /// <summary>A token attends to itself and the Window − 1 tokens before it.</summary>
    public int Window { get; init; } = int.MaxValue;

    /// <summary>Added to the variance in norms.</summary>
    public required float Epsilon { get; init; }

    /// <summary>LayerNorm with biases; else RMSNorm.</summary>
    public bool LayerNorm { get; init; }

    /// <summary>A gate by SiLU; else GELU alone.</summary>
    public bool Gated { get; init; } = true;

    /// <summary>Whether queries and keys of a head are normalised.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>Whether the projections to queries, keys and values have biases.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether the projection out of attention has a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Whether the multilayer perceptron has biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Whether the embedding is the head's matrix.</summary>
    public required bool TiedHead { get; init; }

    /// <summary>[HeadSize / 2] what a pair of elements turns by from position to position; null where positions are learned.</summary>
    public double[]? Frequencies { get; init; }

    /// <summary>What scores are multiplied by beside 1 / √HeadSize.</summary>
    public float ScoreFactor { get; init; } = 1;

    /// <summary>Positions of a lane's context: those of the model, or as many as fit the bounds; a multiple of 32.</summary>
    public int Context => (int)Math.Min(Math.Min(Positions, MaxContext), Math.Max(MinContext, MaxCacheBytes / CacheBytesPerPosition)) / 32 * 32;

    /// <summary>When a context is full it starts afresh with the start token and so many of its last tokens.</summary>
    public int Kept => Context / 4;

    /// <summary>Bytes of keys and values of a position: keys have two digits.</summary>
    public long CacheBytesPerPosition => 3L * Layers * KeyValueHeads * PaddedHeadSize;

    /// <summary><see cref="HiddenSize"/> in whole vectors.</summary>
    public int PaddedHiddenSize => DigitMatrix.Padded(HiddenSize);

    /// <summary><see cref="HeadSize"/> in whole panels.</summary>
    public int PaddedHeadSize => DigitMatrix.Padded(HeadSize);

    /// <summary><see cref="IntermediateSize"/> in whole panels.</summary>
    public int PaddedIntermediateSize => DigitMatrix.Padded(IntermediateSize);

    /// <summary>Multiplied for each token: layers and head.</summary>
    public long MultiplyParameters(int vocabulary) =>
        Layers * ((long)HiddenSize * HeadSize * (2 * Heads + 2 * KeyValueHeads) + (Gated ? 3L : 2L) * HiddenSize * IntermediateSize) + (long)vocabulary * HiddenSize;

    /// <summary>The relations that the engine relies on.</summary>
    /// <exception cref="InvalidDataException">One does not hold.</exception>
    public void Check()
    {
        Require(Heads % KeyValueHeads == 0, $"{Heads} heads are no multiple of {KeyValueHeads} key/value heads");
        Require(HeadSize % 2 == 0 && HeadSize <= 512, $"head_dim {HeadSize} is not an even number up to 512");
        Require((long)Heads * PaddedHeadSize < 1 << 16, $"{Heads} heads of {HeadSize} are more than {1 << 16} values");
        Require(Context >= 32, $"a context of {Positions} positions is too short; 32 are needed");
        Require(Window >= 1, $"a window of {Window} tokens is too short");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidDataException($"config.json: {otherwise}");
    }
}
