namespace Compressor;

/// <summary>Compressed data was made with a language model that is not at hand.</summary>
public sealed class ModelNotFoundException : IOException
{
    /// <summary>Names the model that is needed and those that were offered.</summary>
    /// <param name="needed">The model the data was made with.</param>
    /// <param name="offered">The models that could be used.</param>
    public ModelNotFoundException(ModelId needed, IReadOnlyList<ModelId> offered)
        : base($"The data needs the model {needed}; at hand: {(offered.Count == 0 ? "none" : string.Join(", ", offered))}.")
    {
        Needed = needed;
        Offered = offered;
    }

    /// <summary>The model the data was made with.</summary>
    public ModelId Needed { get; }

    /// <summary>The models that could be used.</summary>
    public IReadOnlyList<ModelId> Offered { get; }
}
