using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Compressor.Container;

namespace Compressor.Frames;

/// <summary>The description of a part as JSON. What is read is held against what the part must have by its own numbers.</summary>
internal static class PartJson
{
    private const int HashLength = 64; // hexadecimal digits

    public static string Write(LmzPartInfo part)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("part", part.Part.ToString());
            json.WriteString("release", part.Release);
            json.WriteNumber("format", part.Version);
            json.WriteNumber("contentLength", part.ContentLength);
            json.WriteNumber("blockLength", part.BlockLength);
            json.WriteNumber("level", part.Level);
            json.WriteBoolean("mixing", part.Mixing);
            json.WriteStartArray("models");
            foreach (var model in part.ModelIds)
                json.WriteStringValue(model.ToString());
            json.WriteEndArray();
            if (part.DictionaryId is { } dictionary)
                json.WriteString("dictionary", dictionary);
            if (part.SourceModified is { } modified)
                json.WriteString("modified", modified.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("contentSha256", part.ContentHash);
            json.WriteNumber("dataLength", part.DataLength);
            json.WriteString("dataSha256", part.DataHash);
            json.WriteStartArray("blocks");
            foreach (var block in part.Blocks)
            {
                json.WriteStartArray();
                json.WriteNumberValue(block.DataLength);
                json.WriteNumberValue(block.ContentLength);
                json.WriteNumberValue(block.Check);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan) + "\n";
    }

    /// <exception cref="InvalidDataException">The text is no description, or contradicts itself.</exception>
    public static LmzPartInfo Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var part = Read(json.RootElement);
            Check(part);
            return part;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"This is no description of a part: {e.Message}", e);
        }
    }

    private static LmzPartInfo Read(JsonElement json) => new()
    {
        Part = LmzPart.Parse(json.GetProperty("part").GetString()!),
        Release = json.GetProperty("release").GetString()!,
        Version = json.GetProperty("format").GetInt32(),
        ContentLength = json.GetProperty("contentLength").GetInt64(),
        BlockLength = json.GetProperty("blockLength").GetInt32(),
        Level = json.GetProperty("level").GetInt32(),
        Mixing = json.GetProperty("mixing").GetBoolean(),
        ModelIds = [.. json.GetProperty("models").EnumerateArray().Select(model => ModelId.Parse(model.GetString()!))],
        DictionaryId = json.TryGetProperty("dictionary", out var dictionary) ? dictionary.GetString() : null,
        SourceModified = json.TryGetProperty("modified", out var modified) ? modified.GetDateTimeOffset() : null,
        ContentHash = json.GetProperty("contentSha256").GetString()!,
        DataLength = json.GetProperty("dataLength").GetInt64(),
        DataHash = json.GetProperty("dataSha256").GetString()!,
        Blocks = [.. json.GetProperty("blocks").EnumerateArray().Select(block => new PartBlock(block[0].GetInt32(), block[1].GetInt32(), block[2].GetUInt32()))],
    };

    private static void Check(LmzPartInfo part)
    {
        Require(part.ContentLength >= 0, "the content length is negative");
        Require(part.BlockLength is >= LmzCompressionOptions.MinBlockLength and <= LmzCompressionOptions.MaxBlockLength, "the block length is out of its range");
        Require(part.DictionaryId is null || FrameHeader.TryParseDictionaryId(part.DictionaryId, out _), "the dictionary's id is none");
        Require(part.ContentHash.Length == HashLength && part.DataHash.Length == HashLength, "a SHA-256 has another length");
        var layout = new BlockLayout(part.ContentLength, part.BlockLength);
        var (first, end) = part.Part.ShareOf(layout.Count);
        Require(part.Blocks.Count == end - first, $"a part {part.Part} of that content has {end - first} blocks, not {part.Blocks.Count}");
        for (var i = 0; i < part.Blocks.Count; i++)
            Require(part.Blocks[i].ContentLength == layout.BlockAt(first + i).Length && part.Blocks[i].DataLength > 0, $"block {first + i} has another length");
        var header = part.Part.Number == 1 ? part.Header.ToBytes().Length : 0;
        Require(part.DataLength == header + part.Blocks.Sum(block => (long)block.DataLength), "the blocks do not add up to the length of the data");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidDataException($"The description of the part contradicts itself: {otherwise}.");
    }
}
