namespace Compressor.Blocks;

/// <summary>Which candidates of a block are worth the time that they take.</summary>
/// <param name="Models">The models to try, the most promising first.</param>
/// <param name="Bytes">Whether to try bytes.</param>
/// <param name="MostIsLearned">Whether mixing takes a fifth off what the network makes of the sample: it will gain with length. True where no sample was taken.</param>
/// <param name="Expected">The length in bytes that the sample makes one expect of tokens; 0 where none was taken.</param>
internal sealed record CandidatePlan(IReadOnlyList<LanguageModel> Models, bool Bytes, bool MostIsLearned, long Expected)
{
    /// <summary>No model.</summary>
    public static CandidatePlan BytesAlone { get; } = new([], true, true, 0);

    /// <summary>Nothing: the content is stored.</summary>
    public static CandidatePlan Nothing { get; } = new([], false, true, 0);
}
