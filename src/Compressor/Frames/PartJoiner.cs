using Compressor.Container;
using Compressor.IO;

namespace Compressor.Frames;

/// <summary>Makes one frame of its parts: looks whether they are all of one, copies their data and adds the end.</summary>
internal static class PartJoiner
{
    /// <summary>Looks at the descriptions alone.</summary>
    /// <exception cref="InvalidDataException">They are not all parts of one frame, in order; says which two do not fit.</exception>
    public static void Check(IReadOnlyList<LmzNamedPart> parts)
    {
        if (parts.Count == 0)
            throw new InvalidDataException("There are no parts.");
        var first = parts[0];
        foreach (var part in parts.Skip(1))
        {
            if (part.Info.DifferenceFrom(first.Info) is { } difference)
                throw new InvalidDataException($"'{part.Name}' and '{first.Name}' are not of one file: the former has {difference}.");
            if (part.Info.SourceModified != first.Info.SourceModified)
                throw new InvalidDataException($"'{part.Name}' and '{first.Name}' were made of a source that has changed meanwhile, or of two: the time of its last change is another.");
        }

        CheckOrder(parts);
        if (first.Info.Part.Number != 1)
            throw new InvalidDataException($"The first part is missing: '{first.Name}' is part {first.Info.Part}.");
        if (parts[^1].Info.Part is var last && last.Number != last.Count)
            throw new InvalidDataException($"The last part is missing: '{parts[^1].Name}' is part {last}.");
    }

    /// <summary>The end of the frame of parts that fit.</summary>
    public static byte[] EndOf(IReadOnlyList<LmzNamedPart> parts)
    {
        var end = new FrameEndBuilder(parts[0].Info.Header);
        foreach (var block in parts.SelectMany(part => part.Info.Blocks))
            end.Add(block.DataLength, block.ContentLength, block.Check);
        return end.EndBytes();
    }

    /// <summary>Copies the data of a part.</summary>
    /// <exception cref="InvalidDataException">It is not the data that the description is of.</exception>
    public static void Copy(LmzNamedPart part, Stream data, Stream destination, CancellationToken cancellation)
    {
        using var copy = new HashingStream(destination);
        var buffer = new byte[1 << 17];
        int count;
        while ((count = data.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            copy.Write(buffer.AsSpan(0, count));
            if (copy.Count > part.Info.DataLength)
                break;
        }

        if (copy.Count != part.Info.DataLength)
            throw new InvalidDataException($"'{part.Name}' is {(copy.Count < part.Info.DataLength ? "shorter" : "longer")} than the {part.Info.DataLength} bytes that its description says.");
        if (copy.Hash() != part.Info.DataHash)
            throw new InvalidDataException($"'{part.Name}' is damaged: its SHA-256 is not that of its description.");
    }

    private static void CheckOrder(IReadOnlyList<LmzNamedPart> parts)
    {
        var pairs = parts.Zip(parts.Skip(1)).ToList();
        foreach (var (one, next) in pairs)
        {
            if (next.Info.Part.Number == one.Info.Part.Number)
                throw new InvalidDataException($"'{one.Name}' and '{next.Name}' are both part {one.Info.Part}.");
            if (next.Info.Part.Number < one.Info.Part.Number)
                throw new InvalidDataException($"'{one.Name}', part {one.Info.Part}, comes before '{next.Name}', part {next.Info.Part}: give each part once, in order.");
        }

        foreach (var (one, next) in pairs)
        {
            if (next.Info.Part.Number - one.Info.Part.Number - 1 is > 0 and var missing)
                throw new InvalidDataException($"'{one.Name}', part {one.Info.Part}, is followed by '{next.Name}', part {next.Info.Part}: {(missing == 1 ? "a part is" : $"{missing} parts are")} missing.");
        }
    }
}
