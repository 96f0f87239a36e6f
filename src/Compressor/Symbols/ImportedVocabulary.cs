using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Compressor.Symbols;

/// <summary>What a Hugging Face <c>tokenizer.json</c> of a byte-pair encoding says.</summary>
/// <remarks>
/// Tokens of single bytes (<c>&lt;0x41&gt;</c>) may stand for the same bytes as the token of a character. Then that of the byte is given no bytes and never occurs.
/// </remarks>
internal sealed record ImportedVocabulary
{
    private const string FileName = "tokenizer.json";
    private const int MaxIds = 1 << 18, MaxTokenBytes = 1024, MaxDepth = 32;
    private const char SpaceMark = '▁';

    /// <summary>The bytes of each token by id; none for those that never occur. No two are equal.</summary>
    public required byte[][] Spellings { get; init; }

    /// <summary>See <see cref="RankedMerges"/>.</summary>
    public required Dictionary<ulong, (int Rank, int Token)> Merges { get; init; }

    /// <summary>Whether text starts as characters, and not as bytes.</summary>
    public required bool OfCharacters { get; init; }

    /// <summary>Whether a piece that is a token is not merged.</summary>
    public required bool IgnoreMerges { get; init; }

    /// <summary>How text is cut before merging.</summary>
    public required IReadOnlyList<Regex> Splits { get; init; }

    /// <summary>Tokens that stand for text and are looked for before all else.</summary>
    public required IReadOnlyList<int> Added { get; init; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or of a kind that is not supported; says where.</exception>
    public static ImportedVocabulary Load(ReadOnlyMemory<byte> file)
    {
        try
        {
            using var json = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return Read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{FileName}: {e.Message}", e);
        }
    }

    private static ImportedVocabulary Read(JsonElement root)
    {
        var model = root.GetProperty("model");
        if (Text(model, "type") is not ("BPE" or ""))
            throw Invalid($"a model of type \"{Shown(Text(model, "type"))}\" is not supported; BPE is");
        var texts = TextsById(root, model, out var special, out var added);
        var ofBytes = HasType(root, "pre_tokenizer", "ByteLevel") || HasType(root, "decoder", "ByteLevel");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < texts.Length; id++) ids.TryAdd(texts[id], id);
        var merges = ReadMerges(model, ids);
        var spellings = new byte[texts.Length][];
        var fallback = new List<int>();
        for (var id = 0; id < texts.Length; id++)
        {
            var isByte = !ofBytes && IsByte(texts[id], out _);
            if (isByte) fallback.Add(id);
            spellings[id] = special.Contains(id) ? [] : added.Contains(id) ? Encoding.UTF8.GetBytes(texts[id]) : ofBytes ? ByteAlphabet.BytesOf(texts[id]) : Characters(texts[id]);
            if (spellings[id].Length > MaxTokenBytes) throw Invalid($"token {id} has {spellings[id].Length} bytes, more than {MaxTokenBytes}");
        }
        RemoveDoubles(spellings, fallback);
        return new()
        {
            Spellings = spellings,
            Merges = merges,
            OfCharacters = !ofBytes,
            IgnoreMerges = Flag(model, "ignore_merges"),
            Splits = ofBytes ? ReadSplits(root) : [],
            Added = [.. added.Where(id => spellings[id].Length > 0)],
        };
    }

    /// <summary>All tokens; ids must be 0, 1, 2 … without holes.</summary>
    private static string[] TextsById(JsonElement root, JsonElement model, out HashSet<int> special, out HashSet<int> added)
    {
        var texts = new SortedDictionary<int, string>();
        (special, added) = ([], []);
        foreach (var pair in model.GetProperty("vocab").EnumerateObject())
        {
            if (!pair.Value.TryGetInt32(out var id) || id is < 0 or >= MaxIds) throw Invalid($"token \"{Shown(pair.Name)}\" has an id that is not within 0 to {MaxIds - 1}");
            if (!texts.TryAdd(id, pair.Name)) throw Invalid($"tokens \"{Shown(texts[id])}\" and \"{Shown(pair.Name)}\" have the same id {id}");
        }
        if (root.TryGetProperty("added_tokens", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var token in list.EnumerateArray())
            {
                var (id, text) = (token.GetProperty("id").GetInt32(), token.GetProperty("content").GetString() ?? "");
                if (id is < 0 or >= MaxIds) throw Invalid($"added token \"{Shown(text)}\" has an id that is not within 0 to {MaxIds - 1}");
                if (!texts.TryAdd(id, text) && texts[id] != text) throw Invalid($"tokens \"{Shown(texts[id])}\" and \"{Shown(text)}\" have the same id {id}");
                (Flag(token, "special") ? special : added).Add(id);
            }
        }
        if (Text(model, "unk_token") is { Length: > 0 } unknown && texts.FirstOrDefault(pair => pair.Value == unknown) is { Value: not null } pairOfUnknown) special.Add(pairOfUnknown.Key);
        var expected = 0;
        foreach (var id in texts.Keys)
        {
            if (id != expected++) throw Invalid($"no token has the id {expected - 1}");
        }
        return [.. texts.Values];
    }

    private static Dictionary<ulong, (int Rank, int Token)> ReadMerges(JsonElement model, Dictionary<string, int> ids)
    {
        var merges = new Dictionary<ulong, (int, int)>();
        var rank = 0;
        foreach (var merge in model.GetProperty("merges").EnumerateArray())
        {
            var parts = merge.ValueKind == JsonValueKind.Array ? merge.EnumerateArray().Select(part => part.GetString() ?? "").ToArray() : (merge.GetString() ?? "").Split(' ');
            if (parts.Length != 2) throw Invalid($"merge {rank} is not two tokens");
            foreach (var token in (ReadOnlySpan<string>)[parts[0], parts[1], parts[0] + parts[1]])
            {
                if (!ids.ContainsKey(token)) throw Invalid($"merge {rank} needs \"{Shown(token)}\", which is no token");
            }
            if (!merges.TryAdd(RankedMerges.Key(ids[parts[0]], ids[parts[1]]), (rank, ids[parts[0] + parts[1]]))) throw Invalid($"merge {rank} repeats a pair");
            rank++;
        }
        return merges;
    }

    private static List<Regex> ReadSplits(JsonElement root)
    {
        var splits = new List<Regex>();
        if (root.TryGetProperty("pre_tokenizer", out var pre) && pre.ValueKind == JsonValueKind.Object) Append(pre, splits);
        return splits;
    }

    private static void Append(JsonElement pre, List<Regex> splits)
    {
        switch (Text(pre, "type"))
        {
            case "Sequence":
                foreach (var part in pre.GetProperty("pretokenizers").EnumerateArray()) Append(part, splits);
                break;
            case "ByteLevel":
                if (!pre.TryGetProperty("use_regex", out var regex) || regex.ValueKind != JsonValueKind.False) splits.Add(SplitPatterns.Gpt2);
                break;
            case "Digits":
                splits.Add(Flag(pre, "individual_digits") ? SplitPatterns.Digit : SplitPatterns.Digits);
                break;
            case "Split" when pre.GetProperty("pattern").TryGetProperty("Regex", out var pattern):
                splits.Add(SplitPatterns.Find(pattern.GetString() ?? "") ?? throw Invalid($"the pattern \"{Shown(pattern.GetString() ?? "")}\" of its pre_tokenizer is not known"));
                break;
            default:
                throw Invalid($"a pre_tokenizer of type \"{Shown(Text(pre, "type"))}\" is not supported");
        }
    }

    /// <summary>Of tokens that stand for the same bytes one is kept: not that of a byte, and of others the first.</summary>
    private static void RemoveDoubles(byte[][] spellings, List<int> fallback)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in Enumerable.Range(0, spellings.Length).Except(fallback).Concat(fallback))
        {
            if (spellings[id].Length > 0 && !seen.Add(Encoding.Latin1.GetString(spellings[id]))) spellings[id] = [];
        }
    }

    private static byte[] Characters(string text) => IsByte(text, out var value) ? [value] : Encoding.UTF8.GetBytes(text.Replace(SpaceMark, ' '));

    private static bool IsByte(string text, out byte value)
    {
        value = 0;
        return text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
            && byte.TryParse(text.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whether an entry, or one in its sequence, is of a type.</summary>
    private static bool HasType(JsonElement root, string name, string type)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Object) return false;
        if (Text(value, "type") == type) return true;
        foreach (var list in (ReadOnlySpan<string>)["pretokenizers", "decoders"])
        {
            if (value.TryGetProperty(list, out var parts) && parts.ValueKind == JsonValueKind.Array && parts.EnumerateArray().Any(part => Text(part, "type") == type)) return true;
        }
        return false;
    }

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static bool Flag(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string Shown(string text) => string.Concat(text.Take(60).Select(c => char.IsControl(c) ? '\uFFFD' : c)) + (text.Length > 60 ? "…" : "");

    private static InvalidDataException Invalid(string what) => new($"{FileName}: {what}.");
}
