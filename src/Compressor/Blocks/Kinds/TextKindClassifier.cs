namespace Compressor.Blocks.Kinds;

/// <summary>The kinds a content may be of: the likeliest, and the next if it is nearly as likely.</summary>
/// <param name="First">The likeliest.</param>
/// <param name="Second">Another that should be tried; null where the first is certain.</param>
internal readonly record struct TextKinds(TextKind First, TextKind? Second);

/// <summary>
/// Tells from a few kilobytes what kind of text a content is. Only the encoder asks: a wrong answer costs size, never a byte. Integers
/// throughout, so the same content gets the same answer on every machine.
/// </summary>
/// <remarks>
/// Binary data, Chinese and languages with scripts of their own are known by their characters. The rest is a linear decision over
/// <see cref="TextFeatures.Shares"/>, whose weights were fitted by logistic regression (docs/training.md says on what).
/// </remarks>
internal static class TextKindClassifier
{
    /// <summary>Kinds that are decided by weights, in the order of <see cref="Weights"/>.</summary>
    public static ReadOnlySpan<TextKind> Weighted => [TextKind.English, TextKind.Code, TextKind.Markup, TextKind.Data, TextKind.OtherLanguage];

    /// <summary>A score's unit: a difference of so much makes one kind e times as likely as another.</summary>
    public const int Unit = 4096;

    /// <summary>A kind whose score is less than this below the first one's is a candidate too: it is likelier than 1 : e⁶.</summary>
    private const int CandidateMargin = 6 * Unit;

    /// <summary>One in so many characters that text does not have makes a content binary.</summary>
    private const int StrangeEvery = 50;

    // [kinds][shares, and a constant]
    private static readonly int[][] Weights =
    [
        [104, -43, -31, -101, 18, -43, -7, -41, -10, -11, -13, -4435],
        [9, -36, -14, 90, -34, 6, -29, 48, 25, 44, 27, -3398],
        [-36, -26, 119, -14, 23, 26, -53, 46, 14, 92, -34, -1839],
        [3, -30, -36, 10, -49, 95, 154, 2, -23, -64, 42, -1816],
        [-80, 134, -38, 14, 41, -84, -65, -55, -6, -61, -23, 11488],
    ];

    /// <summary>The kinds that <paramref name="content"/> may be of. Empty content is no text.</summary>
    public static TextKinds Classify(ReadOnlySpan<byte> content)
    {
        var features = new TextFeatures(TextSample.Of(content));
        return KindByCharacters(features) is { } kind ? new TextKinds(kind, null) : ByWeights(features.Shares());
    }

    /// <summary>What the characters alone decide; null if they decide nothing.</summary>
    public static TextKind? KindByCharacters(TextFeatures features)
    {
        if (features.Length == 0 || features.Strange * StrangeEvery > features.Length)
            return TextKind.NotText;
        // A Chinese character says as much as four letters, a syllable as two or three.
        if ((features.Han + features.KanaAndHangul) * 4 > features.AsciiLetters)
            return features.KanaAndHangul * 8 < features.Han ? TextKind.Chinese : TextKind.OtherLanguage;
        return features.OtherLetters * 2 > features.AsciiLetters ? TextKind.OtherLanguage : null;
    }

    private static TextKinds ByWeights(ReadOnlySpan<int> shares)
    {
        Span<int> scores = stackalloc int[Weights.Length];
        for (var kind = 0; kind < scores.Length; kind++)
        {
            scores[kind] = Weights[kind][^1];
            for (var i = 0; i < shares.Length; i++)
                scores[kind] += Weights[kind][i] * shares[i];
        }

        int first = IndexOfLargest(scores, except: -1), second = IndexOfLargest(scores, except: first);
        return new TextKinds(Weighted[first], scores[first] - scores[second] < CandidateMargin ? Weighted[second] : null);
    }

    private static int IndexOfLargest(ReadOnlySpan<int> scores, int except)
    {
        var best = except == 0 ? 1 : 0;
        for (var i = best + 1; i < scores.Length; i++)
        {
            if (i != except && scores[i] > scores[best])
                best = i;
        }

        return best;
    }
}
