namespace Compressor.Blocks.Kinds;

/// <summary>What a piece of content looks like, as far as it matters for which model serves it.</summary>
internal enum TextKind
{
    /// <summary>English: prose, speech, documentation, wiki pages.</summary>
    English,

    /// <summary>Source code of any language, with its comments.</summary>
    Code,

    /// <summary>Tags with text in or around them: HTML, XML, SVG.</summary>
    Markup,

    /// <summary>Records: JSON, YAML, CSV, logs, tables of numbers.</summary>
    Data,

    /// <summary>Chinese, modern or classical.</summary>
    Chinese,

    /// <summary>Any other language, in whatever script.</summary>
    OtherLanguage,

    /// <summary>No text in UTF-8: binary data, text in another encoding.</summary>
    NotText,
}
