namespace Compressor.Filters;

/// <summary>A reversible change to a block's content that makes it easier to predict.</summary>
/// <remarks>Whether it helps is the encoder's choice alone: a decoder only undoes it.</remarks>
internal interface IFilter
{
    /// <summary>Its bit in a block's header.</summary>
    LmzFilter Flag { get; }

    /// <summary>Filters <paramref name="content"/>, any bytes; null when they are better left as they are.</summary>
    FilterResult? Apply(ReadOnlySpan<byte> content);

    /// <summary>Gives back the content.</summary>
    /// <param name="text">Filtered bytes, or any.</param>
    /// <param name="data">What <see cref="Apply"/> put beside them, or any bytes.</param>
    /// <param name="maxBytes">The content may not be longer.</param>
    /// <exception cref="InvalidDataException">It is longer, or the data does not fit the text.</exception>
    byte[] Undo(ReadOnlySpan<byte> text, ReadOnlyMemory<byte> data, int maxBytes);
}

/// <summary>Filtered content.</summary>
/// <param name="Text">What is to be predicted.</param>
/// <param name="Data">What undoing the filter needs besides.</param>
internal sealed record FilterResult(byte[] Text, byte[] Data);
