namespace Compressor.Training.Data;

/// <summary>
/// What a document is trained on as. Real files come in forms that a folder of good text hardly has, and a model that has never met one
/// is lost in it.
/// </summary>
internal static class DocumentVariants
{
    /// <summary>One document in so many keeps its line breaks: the codec joins most wrapped text, not all.</summary>
    private const int WrappedEvery = 8;

    /// <summary>One document in so many is seen in capitals as well, and one without any.</summary>
    private const int CaseEvery = 32;

    /// <summary>How much of it.</summary>
    private const int CaseBytes = 1 << 16;

    /// <summary>The document as it is shown, and perhaps another form of its start.</summary>
    /// <param name="document">The document.</param>
    /// <param name="index">Its place in its folder.</param>
    public static IEnumerable<TextDocument> Of(TextDocument document, int index)
    {
        var shown = index % WrappedEvery == WrappedEvery - 1 ? document : document.WithoutLineBreaks();
        yield return shown;
        bool lower = index % CaseEvery == CaseEvery / 4, upper = index % CaseEvery == CaseEvery * 3 / 4;
        if (!lower && !upper)
            yield break;
        var text = shown.Text[..Math.Min(shown.Text.Length, CaseBytes)];
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiLetter((char)text[i]))
                text[i] = (byte)(lower ? text[i] | 0x20 : text[i] & ~0x20);
        }

        yield return shown with { Text = text };
    }
}
