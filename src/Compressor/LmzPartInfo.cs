using System.Globalization;
using System.Reflection;
using Compressor.Container;
using Compressor.Frames;
using Compressor.Repeats;

namespace Compressor;

/// <summary>What was made of a part, and of what: all that it takes to see whether parts belong together, and to write the end of their frame.</summary>
public sealed record LmzPartInfo
{
    /// <summary>Which part it is.</summary>
    public required LmzPart Part { get; init; }

    /// <summary>The release that made it.</summary>
    public required string Release { get; init; }

    /// <summary>The version of the format.</summary>
    public required int Version { get; init; }

    /// <summary>The length of the whole content in bytes.</summary>
    public required long ContentLength { get; init; }

    /// <summary>The content of a block in bytes.</summary>
    public required int BlockLength { get; init; }

    /// <summary>The <see cref="LmzCompressionOptions.Level"/>.</summary>
    public required int Level { get; init; }

    /// <summary>The <see cref="LmzCompressionOptions.Mixing"/>.</summary>
    public required bool Mixing { get; init; }

    /// <summary>The models that were given to choose from; none where those on board are chosen from.</summary>
    public required IReadOnlyList<ModelId> ModelIds { get; init; }

    /// <summary>The <see cref="LmzDictionary.Id"/> of the dictionary; null for none.</summary>
    public string? DictionaryId { get; init; }

    /// <summary>When the source was last changed, for those who can tell; parts of a source that has changed meanwhile do not belong together.</summary>
    public DateTimeOffset? SourceModified { get; init; }

    /// <summary>The SHA-256 of the part's content, in hexadecimal digits.</summary>
    public string ContentHash { get; init; } = "";

    /// <summary>The length of the part's data in bytes.</summary>
    public long DataLength { get; init; }

    /// <summary>The SHA-256 of the part's data, in hexadecimal digits.</summary>
    public string DataHash { get; init; } = "";

    /// <summary>The blocks: what the seek table will say of them.</summary>
    internal IReadOnlyList<PartBlock> Blocks { get; init; } = [];

    /// <summary>The part's place in the whole content, and its length there, in bytes.</summary>
    public (long Offset, long Length) Range => Part.RangeOf(ContentLength, BlockLength);

    /// <summary>
    /// Where in the whole content reading starts to compress the part, in bytes: at the part, or up to 64 MiB before it, for a block may repeat
    /// what is there.
    /// </summary>
    public long ReadFrom
    {
        get
        {
            var (first, end) = Part.ShareOf(new BlockLayout(ContentLength, BlockLength).Count);
            return first == end ? Range.Offset : RepeatFinder.StartFor(first, BlockLength) * BlockLength;
        }
    }

    /// <summary>The header of the frame.</summary>
    internal FrameHeader Header => new(
        ContentLength == 0 ? null : ContentLength, // as of a stream, where 0 may mean unknown
        DictionaryId is { } id && FrameHeader.TryParseDictionaryId(id, out var hash) ? hash : null);

    /// <summary>Describes a part before it is made.</summary>
    /// <param name="part">Which one.</param>
    /// <param name="contentLength">The length of the whole content in bytes.</param>
    /// <param name="options">How it will be compressed; null for the defaults.</param>
    public static LmzPartInfo Of(LmzPart part, long contentLength, LmzCompressionOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contentLength);
        options ??= new LmzCompressionOptions();
        return new LmzPartInfo
        {
            Part = part,
            Release = ThisRelease,
            Version = FrameHeader.Version,
            ContentLength = contentLength,
            BlockLength = options.BlockLength,
            Level = options.Level,
            Mixing = options.Mixing,
            ModelIds = [.. (options.Models ?? []).Select(model => model.Id)],
            DictionaryId = options.Dictionary?.Id,
        };
    }

    /// <summary>Why two parts are not of one frame, whichever parts they are; null if nothing speaks against it.</summary>
    /// <returns>What the other has and this one has not, such as "level 3, not 6".</returns>
    public string? DifferenceFrom(LmzPartInfo other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Differ("release", Release, other.Release)
            ?? Differ("format version", Text(Version), Text(other.Version))
            ?? Differ("number of parts", Text(Part.Count), Text(other.Part.Count))
            ?? Differ("content length", Text(ContentLength), Text(other.ContentLength))
            ?? Differ("block size", Text(BlockLength), Text(other.BlockLength))
            ?? Differ("level", Text(Level), Text(other.Level))
            ?? Differ("mixing", Mixing ? "on" : "off", other.Mixing ? "on" : "off")
            ?? Differ("models", ModelText(this), ModelText(other))
            ?? Differ("dictionary", DictionaryId ?? "none", other.DictionaryId ?? "none");

        static string? Differ(string what, string mine, string theirs) => mine == theirs ? null : $"{what} {mine}, not {theirs}";
        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
        static string ModelText(LmzPartInfo part) => part.ModelIds.Count == 0 ? "none" : string.Join(" ", part.ModelIds);
    }

    /// <summary>Writes the description as a line of JSON.</summary>
    public string ToJson() => PartJson.Write(this);

    /// <summary>Reads a description.</summary>
    /// <param name="json">What <see cref="ToJson"/> wrote.</param>
    /// <exception cref="InvalidDataException">The text is anything else, or contradicts itself.</exception>
    public static LmzPartInfo FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return PartJson.Read(json);
    }

    /// <summary>The release of this library.</summary>
    internal static string ThisRelease { get; } =
        (typeof(LmzPartInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+')[0];
}
