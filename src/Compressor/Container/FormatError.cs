namespace Compressor.Container;

/// <summary>The kinds of errors that callers tell apart.</summary>
internal enum FormatErrorKind
{
    /// <summary>The data ends here: with more data it may be right.</summary>
    EndsEarly,

    /// <summary>The data does not follow the format.</summary>
    Malformed,
}

/// <summary>
/// What is wrong with data, and where. Parsing returns it instead of throwing: data that arrives in parts ends early all the time, and a search
/// through damaged data meets an error at nearly every byte.
/// </summary>
/// <param name="Kind">What callers tell apart.</param>
/// <param name="What">For people: what is wrong.</param>
/// <param name="Offset">Where, in bytes from the start of the data.</param>
internal sealed record FormatError(FormatErrorKind Kind, string What, long Offset)
{
    /// <summary>The exception for those who read data that must be right.</summary>
    public InvalidDataException ToException(Exception? cause = null) => new($"Invalid .lmz data at byte {Offset}: {What}.", cause);

    /// <summary>The exception of data that does not follow the format.</summary>
    public static InvalidDataException Malformed(string what, long offset, Exception? cause = null) =>
        new FormatError(FormatErrorKind.Malformed, what, offset).ToException(cause);
}
