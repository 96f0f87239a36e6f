using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Compressor.Cli.Report;

/// <summary>The first tokens of a file with their cost and what was expected instead, as data for the page's script.</summary>
internal sealed class HeatMap
{
    /// <summary>More tokens than a browser shows without delay would not be read anyway.</summary>
    public const int MaxTokens = 12000;

    private readonly LmzTokenCost[] _tokens;

    public HeatMap(IReadOnlyList<LmzBlockAnalysis> blocks) => _tokens = [.. blocks.SelectMany(block => block.Tokens).Take(MaxTokens)];

    /// <summary>Says how much of the content is shown.</summary>
    public string Note(long contentLength)
    {
        var shown = _tokens.Sum(token => (long)token.Bytes.Length);
        return _tokens.Length == 0 ? "No block of this file holds tokens."
            : _tokens.Length < MaxTokens ? string.Create(CultureInfo.InvariantCulture, $"All {_tokens.Length} tokens.")
            : string.Create(CultureInfo.InvariantCulture, $"The first {_tokens.Length} tokens: {shown} of {contentLength} bytes.");
    }

    /// <summary>words: the strings of predictions; tokens: [text, bits, bits of the transformer alone or null, [[word, probability] …]].</summary>
    public string ToJson()
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))   // escapes <, > and & too, so that no text can end the script
        {
            json.WriteStartObject();
            json.WriteStartArray("tokens");
            foreach (var token in _tokens)
            {
                json.WriteStartArray();
                json.WriteStringValue(Readable(token.Bytes.Span));
                json.WriteNumberValue(Math.Round(token.Bits, 3));
                if (token.ModelBits is { } bits) json.WriteNumberValue(Math.Round(bits, 3));
                else json.WriteNullValue();
                json.WriteStartArray();
                foreach (var prediction in token.Predictions)
                {
                    var word = Readable(prediction.Bytes.Span);
                    if (!words.TryGetValue(word, out var index)) words.Add(word, index = words.Count);
                    json.WriteStartArray();
                    json.WriteNumberValue(index);
                    json.WriteNumberValue(Math.Round(prediction.Probability, 5));
                    json.WriteEndArray();
                }
                json.WriteEndArray();
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteStartArray("words");
            foreach (var word in words.OrderBy(pair => pair.Value).Select(pair => pair.Key)) json.WriteStringValue(word);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>The bytes as text; those that are none, such as half a character, in hexadecimal.</summary>
    private static string Readable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var isText = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done
                && (!Rune.IsControl(rune) || rune.Value is '\n' or '\t');
            if (isText) text.Append(rune.ToString());
            else foreach (var one in bytes[..length]) text.Append(CultureInfo.InvariantCulture, $"⟨{one:X2}⟩");
            bytes = bytes[length..];
        }
        return text.ToString();
    }
}
