using System.Text.Json;

namespace Compressor.Prediction.Networks;

/// <summary>Element types of tensors (safetensors names).</summary>
internal enum ElementType { F32, I8, I32, F16, BF16, F8_E4M3, F8_E5M2 }

/// <summary>Where a tensor lies in the data of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Of its elements.</param>
/// <param name="Shape">Its sizes, at most 8.</param>
/// <param name="Start">First byte, from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
internal sealed record SafetensorsRange(string Name, ElementType Type, long[] Shape, long Start, long End);

/// <summary>The header of a safetensors file: JSON that gives each tensor's type, shape and byte range. Source: the format description of huggingface/safetensors.</summary>
internal static class SafetensorsHeader
{
    /// <summary>The longest header, in bytes.</summary>
    public const int MaxBytes = 1 << 22;

    /// <summary>The most dimensions of a tensor, and the deepest nesting of the header.</summary>
    private const int MaxRank = 8, MaxDepth = 8;

    /// <summary>Reads the tensors of a header, in the order of their data.</summary>
    /// <param name="file">What errors call the file.</param>
    /// <param name="json">The header.</param>
    /// <param name="dataLength">Bytes that follow it.</param>
    /// <param name="metadata">Receives the text pairs of <c>__metadata__</c>.</param>
    /// <exception cref="InvalidDataException">It is malformed, or the tensors do not fill the data one after the other.</exception>
    public static List<SafetensorsRange> Read(string file, ReadOnlyMemory<byte> json, long dataLength, Dictionary<string, string> metadata)
    {
        var ranges = new List<SafetensorsRange>();
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__"))
                {
                    foreach (var pair in property.Value.EnumerateObject()) metadata[pair.Name] = pair.Value.GetString() ?? "";
                    continue;
                }
                ranges.Add(ReadEntry(file, property, dataLength));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{file}: malformed header: {e.Message}", e);
        }
        RequireNoGaps(file, ranges, dataLength);
        return ranges;
    }

    /// <summary>Bytes of an element.</summary>
    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.F16 or ElementType.BF16 => 2,
        _ => 1,
    };

    /// <summary>The bytes of a tensor, or −1 for more than 2^40 or a size below 0.</summary>
    public static long ByteCount(ElementType type, ReadOnlySpan<long> shape)
    {
        long count = SizeOf(type);
        foreach (var size in shape)
        {
            if (size is < 0 or > int.MaxValue || (count *= size) > 1L << 40) return -1;
        }
        return count;
    }

    /// <summary>A name out of a file, fit to be shown: no longer than a line and without control characters.</summary>
    public static string Quoted(string name) =>
        $"'{string.Concat(name.Take(80).Select(c => char.IsControl(c) ? '\uFFFD' : c))}{(name.Length > 80 ? "…" : "")}'";

    private static SafetensorsRange ReadEntry(string file, JsonProperty property, long dataLength)
    {
        var fullName = property.Name;
        var name = Quoted(fullName);
        var typeName = property.Value.GetProperty("dtype").GetString() ?? "";
        if (!Enum.TryParse(typeName, out ElementType type) || type.ToString() != typeName)
            throw new InvalidDataException($"{file}: {name} has type {Quoted(typeName)}; models use F32, F16, BF16, F8_E4M3, F8_E5M2 and I8");
        JsonElement shape = property.Value.GetProperty("shape"), offsets = property.Value.GetProperty("data_offsets");
        if (shape.GetArrayLength() > MaxRank) throw new InvalidDataException($"{file}: {name} has {shape.GetArrayLength()} dimensions, more than {MaxRank}");
        if (offsets.GetArrayLength() != 2) throw new InvalidDataException($"{file}: {name} has {offsets.GetArrayLength()} data_offsets instead of 2");
        long[] sizes = [.. shape.EnumerateArray().Select(size => size.GetInt64())];
        long start = offsets[0].GetInt64(), end = offsets[1].GetInt64();
        if (start < 0 || end < start || end > dataLength || end - start != ByteCount(type, sizes))
            throw new InvalidDataException($"{file}: {name} has byte range {start}..{end}, which does not fit its shape [{string.Join(", ", sizes)}] and the file");
        return new SafetensorsRange(fullName, type, sizes, start, end);
    }

    /// <summary>The format asks that tensors follow one another without gaps and fill the file.</summary>
    private static void RequireNoGaps(string file, List<SafetensorsRange> ranges, long dataLength)
    {
        ranges.Sort((a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)) is var order and not 0 ? order : string.CompareOrdinal(a.Name, b.Name));
        long reached = 0;
        foreach (var range in ranges)
        {
            if (range.Start != reached)
                throw new InvalidDataException($"{file}: {Quoted(range.Name)} starts at byte {range.Start} and not at {reached}, where the tensor before it ends");
            reached = range.End;
        }
        if (reached != dataLength) throw new InvalidDataException($"{file}: the tensors end at byte {reached}, and the file goes on to byte {dataLength}");
    }
}
