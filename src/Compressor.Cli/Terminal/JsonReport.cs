using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Compressor.Cli.Terminal;

/// <summary>A report for programs: an array of objects, indented, with names of files as they are.</summary>
internal static class JsonReport
{
    private static readonly JsonWriterOptions Options =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="items">What the objects say.</param>
    /// <param name="write">Writes what one says between its braces.</param>
    public static string Of<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartArray();
            foreach (var item in items)
            {
                json.WriteStartObject();
                write(json, item);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }
}
