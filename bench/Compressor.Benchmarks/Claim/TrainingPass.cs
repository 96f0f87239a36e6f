namespace Compressor.Benchmarks.Claim;

/// <summary>
/// The arithmetic of a model trained in one pass over its data: whoever has the program needs no weights, only the data coded with what
/// the model predicted before it learned from it. |D| = |f| + Σ loss, where the sum is the area under the loss curve.
/// </summary>
/// <param name="Tokens">Tokens of the data.</param>
/// <param name="BytesPerToken">Bytes of text behind a token.</param>
/// <param name="MeanLoss">Mean loss over the whole pass, nats per token.</param>
/// <param name="ProgramBytes">|f|: the program that trains and predicts.</param>
internal sealed record TrainingPass(double Tokens, double BytesPerToken, double MeanLoss, double ProgramBytes)
{
    /// <summary>
    /// LLaMA 65B by the figures of the talk "Compression for AGI": 1.4·10¹² tokens, 5.6 TB of text, an area of about 400 GB and about
    /// 1 MB of code. The mean loss is what that area comes to.
    /// </summary>
    public static TrainingPass Llama65B { get; } = OfArea(tokens: 1.4e12, dataBytes: 5.6e12, areaBytes: 400e9, programBytes: 1e6);

    /// <summary>Bytes of the data.</summary>
    public double DataBytes => Tokens * BytesPerToken;

    /// <summary>The area under the loss curve in bytes: a nat is 1 / ln 2 bits, a byte is 8.</summary>
    public double AreaBytes => Tokens * MeanLoss / Math.Log(2) / 8;

    /// <summary>Program and area, bytes.</summary>
    public double DescriptionBytes => ProgramBytes + AreaBytes;

    /// <summary>How many times smaller the description is than the data.</summary>
    public double Ratio => DataBytes / DescriptionBytes;

    /// <summary>A pass whose area is known instead of its mean loss.</summary>
    public static TrainingPass OfArea(double tokens, double dataBytes, double areaBytes, double programBytes) =>
        new(tokens, dataBytes / tokens, areaBytes * 8 * Math.Log(2) / tokens, programBytes);
}
