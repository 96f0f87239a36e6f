using System.Globalization;
using System.Text;
using Compressor.Training.Data;

namespace Compressor.Training.Export;

/// <summary>What a model's README says about it.</summary>
internal sealed record ModelCard
{
    public required string Name { get; init; }

    public required ModelConfig Config { get; init; }

    public required TrainingRecipe Recipe { get; init; }

    /// <summary>Names of the data folders, with their weights.</summary>
    public required IReadOnlyList<string> Data { get; init; }

    /// <summary>Bytes of text in them.</summary>
    public required long DataBytes { get; init; }

    /// <summary>Tokens that makes.</summary>
    public required long DataTokens { get; init; }

    /// <summary>The id of the model that the run started from, if any.</summary>
    public required string? InitialModel { get; init; }

    public required RunState State { get; init; }

    public required long Seed { get; init; }

    /// <summary>Nats per token, mean over the last report interval.</summary>
    public required double Loss { get; init; }

    /// <summary>The same in bits per byte.</summary>
    public required double BitsPerByte { get; init; }

    /// <summary>What held-out text costs, kind by kind; empty if there was none.</summary>
    public required IReadOnlyList<HeldOutCost> HeldOut { get; init; }

    /// <summary>The same as the compressor predicts it, in 8 bits; measured when the run is complete, else empty.</summary>
    public IReadOnlyList<HeldOutCost> Exported { get; init; } = [];

    public void Save(Stream stream)
    {
        var tokens = State.Step * Recipe.TokensPerStep;
        var operations = 6.0 * Config.MultiplyParameters * tokens;
        var tables = Config.NgramBuckets > 0 ? $", bigram and trigram tables of {Config.NgramBuckets} rows" : "";
        var unfinished = State.Step == State.TotalSteps ? "" : " (training was not finished)";
        var heldOut = HeldOut.Count == 0 ? "" : Text($"| held-out text, transformer alone, float32 | {HeldOutCost.Of(HeldOut):F4} bits/byte |\n");
        if (Exported.Count > 0)
        {
            double floating = HeldOutCost.Of(HeldOut), exported = HeldOutCost.Of(Exported);
            heldOut += Text($"| the same, int8 as the compressor runs it | {exported:F4} bits/byte ({100 * (exported / floating - 1):+0.00;-0.00} %) |\n");
        }

        if (HeldOut.Count > 1)
            heldOut += string.Concat((Exported.Count > 0 ? Exported : HeldOut).Select(kind => Text($"| of that {kind.Name}, {kind.Bytes} bytes | {kind.BitsPerByte:F4} bits/byte |\n")));
        var other = State.OtherDataUntil is { } last ? $" (other data up to step {last})" : "";
        var start = InitialModel is null ? "" : $", starting from the model {InitialModel}";
        stream.Write(Encoding.UTF8.GetBytes(Text($"""
            # {Name}

            A transformer language model for lossless compression, trained with `compressor train`{unfinished}.
            8-bit weights (one scale a row); see `config.json` for the shape and `tokenizer.json` for the vocabulary.

            | | |
            |---|---|
            | layers, width, heads, inner width | {Config.Layers}, {Config.HiddenSize}, {Config.Heads}, {Config.IntermediateSize} |
            | vocabulary | {Config.VocabularySize} tokens (byte-level BPE){tables} |
            | window | {Config.Window} tokens |
            | parameters | {Config.Parameters} ({Config.MultiplyParameters} multiplied per token) |
            | data | {string.Join(", ", Data)}: {DataBytes} bytes, {DataTokens} tokens{other} |
            | training | {State.Step} steps of {Recipe.Sequences} × {Recipe.SequenceLength} tokens = {tokens} tokens, seed {Seed}{start} |
            | cost | {operations:0.00E0} operations (6 · multiplied parameters · tokens), {State.Seconds / 60:F1} minutes |
            | training loss at the end | {Loss:F4} nats/token, {BitsPerByte:F4} bits/byte |
            {heldOut}
            ![bits per byte over steps]({ModelExporter.ChartFile})

            """)));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
