using System.Buffers.Binary;
using System.Globalization;

namespace Compressor;

/// <summary>Names a language model by its content: the first 8 bytes of a SHA-256 over all that decides its predictions.</summary>
public readonly record struct ModelId
{
    /// <summary>The length of an id in bytes.</summary>
    public const int Length = 8;

    private readonly ulong _bigEndian;

    /// <summary>Takes the id from its bytes.</summary>
    /// <param name="bytes">At least <see cref="Length"/> bytes; those after are not looked at, so a whole hash will do.</param>
    /// <exception cref="ArgumentOutOfRangeException">Too few bytes.</exception>
    public ModelId(ReadOnlySpan<byte> bytes) => _bigEndian = BinaryPrimitives.ReadUInt64BigEndian(bytes);

    private ModelId(ulong bigEndian) => _bigEndian = bigEndian;

    /// <summary>Reads the id from its text.</summary>
    /// <param name="text">16 hexadecimal digits, as <see cref="ToString"/> writes them.</param>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static ModelId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 2 * Length
            ? new ModelId(Convert.FromHexString(text))
            : throw new FormatException($"A model id has {2 * Length} hexadecimal digits: \"{text}\".");
    }

    internal static ModelId Of(ulong bigEndian) => new(bigEndian);

    /// <summary>Writes the bytes of the id.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes long.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is too short.</exception>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, _bigEndian);

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public override string ToString() => _bigEndian.ToString("x16", CultureInfo.InvariantCulture);
}
