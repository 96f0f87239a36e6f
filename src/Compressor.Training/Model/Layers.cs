namespace Compressor.Training.Model;

/// <summary>The model's layers with their first values.</summary>
internal static class Layers
{
    /// <summary>Embedding rows start small against what the first hundred steps add to them.</summary>
    private const double EmbeddingDeviation = 0.1;

    /// <summary>A matrix with normal entries that keep the variance of its input.</summary>
    public static Linear Matrix(int inputs, int outputs)
    {
        var layer = nn.Linear(inputs, outputs, hasBias: false);
        nn.init.normal_(layer.weight!, 0, 1 / Math.Sqrt(inputs));
        return layer;
    }

    /// <summary>A matrix of zeros: what writes to the residual stream is silent at first, so that depth does no harm.</summary>
    public static Linear ZeroMatrix(int inputs, int outputs)
    {
        var layer = nn.Linear(inputs, outputs, hasBias: false);
        nn.init.zeros_(layer.weight!);
        return layer;
    }

    /// <summary>A token embedding.</summary>
    public static Embedding Embedding(int rows, int width)
    {
        var layer = nn.Embedding(rows, width);
        nn.init.normal_(layer.weight!, 0, EmbeddingDeviation);
        return layer;
    }

    /// <summary>A look-up table of zeros: a row that training never meets adds nothing.</summary>
    public static Embedding ZeroEmbedding(int rows, int width)
    {
        var layer = nn.Embedding(rows, width);
        nn.init.zeros_(layer.weight!);
        return layer;
    }
}
