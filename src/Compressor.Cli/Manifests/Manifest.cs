using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Compressor.Cli.Files;

namespace Compressor.Cli.Manifests;

/// <summary>A plan of work on many files, by several processes that need not know of each other: lines of JSON, the first about all, then one an item.</summary>
/// <param name="Shares">How many processes it is balanced for.</param>
/// <param name="Options">The words of the command line that say how to compress.</param>
/// <param name="Items">The work.</param>
internal sealed record Manifest(int Shares, IReadOnlyList<string> Options, IReadOnlyList<ManifestItem> Items)
{
    public string ToText()
    {
        var text = new StringBuilder();
        Line(json =>
        {
            json.WriteNumber("shares", Shares);
            json.WriteStartArray("options");
            foreach (var word in Options)
                json.WriteStringValue(word);
            json.WriteEndArray();
        });
        foreach (var item in Items)
        {
            Line(json =>
            {
                json.WriteNumber("share", item.Share);
                json.WriteString("file", item.File);
                json.WriteString("target", item.Target);
                json.WriteString("part", item.Part.ToString());
                json.WriteNumber("length", item.Length);
                json.WriteString("modified", item.Modified.ToString("O", CultureInfo.InvariantCulture));
                json.WriteNumber("cost", item.Cost);
            });
        }

        return text.ToString();

        void Line(Action<Utf8JsonWriter> write)
        {
            var bytes = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(bytes))
            {
                json.WriteStartObject();
                write(json);
                json.WriteEndObject();
            }

            text.Append(Encoding.UTF8.GetString(bytes.WrittenSpan)).Append('\n');
        }
    }

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no plan; says which line is wrong.</exception>
    public static Manifest Load(string path)
    {
        Manifest? manifest = null;
        var (items, number) = (new List<ManifestItem>(), 0);
        using var reader = new StreamReader(OpenFile(path), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            number++;
            try
            {
                using var json = JsonDocument.Parse(line);
                if (manifest is null)
                    manifest = ReadHead(json.RootElement);
                else
                    items.Add(ReadItem(json.RootElement, manifest));
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new InvalidDataException($"{path}: line {number} is not one of a plan: {e.Message}", e);
            }
        }

        return (manifest ?? throw new InvalidDataException($"{path}: is no plan: it has no lines")) with { Items = items };
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return SourceFile.Open(path);
        }
        catch (IOException e)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }

    private static Manifest ReadHead(JsonElement json)
    {
        var shares = json.GetProperty("shares").GetInt32();
        return shares is >= 1 and <= LmzPart.MaxCount
            ? new Manifest(shares, [.. json.GetProperty("options").EnumerateArray().Select(word => word.GetString()!)], [])
            : throw new FormatException("there is no such number of shares");
    }

    private static ManifestItem ReadItem(JsonElement json, Manifest manifest)
    {
        var share = json.GetProperty("share").GetInt32();
        if (share < 1 || share > manifest.Shares)
            throw new FormatException($"there is no share {share} of {manifest.Shares}");
        return new ManifestItem(
            json.GetProperty("file").GetString()!,
            json.GetProperty("target").GetString()!,
            json.GetProperty("length").GetInt64(),
            DateTime.Parse(json.GetProperty("modified").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            LmzPart.Parse(json.GetProperty("part").GetString()!),
            json.GetProperty("cost").GetInt64(),
            share);
    }
}
