using System.Text.Json;

namespace Compressor.Prediction.Networks;

/// <summary>Fields of a <c>config.json</c>; each error names its field.</summary>
internal static class ConfigFields
{
    /// <summary>A whole number.</summary>
    /// <exception cref="InvalidDataException">It is missing and has no default, or out of range.</exception>
    public static int Integer(JsonElement root, string name, int min, int max, int? otherwise = null)
    {
        if (!Has(root, name)) return otherwise ?? throw new InvalidDataException($"config.json: {name} is missing");
        var value = root.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number != Math.Floor(number) || number < min || number > max)
            throw new InvalidDataException($"config.json: {name} is {Shown(value)}, not a whole number from {min} to {max}");
        return (int)number;
    }

    /// <summary>A number.</summary>
    /// <exception cref="InvalidDataException">It is missing and has no default, or out of range.</exception>
    public static double Number(JsonElement root, string name, double min, double max, double? otherwise = null)
    {
        if (!Has(root, name)) return otherwise ?? throw new InvalidDataException($"config.json: {name} is missing");
        var value = root.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !(number >= min && number <= max))
            throw new InvalidDataException($"config.json: {name} is {Shown(value)}, not a number from {min} to {max}");
        return number;
    }

    /// <summary>A truth value.</summary>
    /// <exception cref="InvalidDataException">It is anything else.</exception>
    public static bool Flag(JsonElement root, string name, bool otherwise)
    {
        if (!Has(root, name)) return otherwise;
        var value = root.GetProperty(name);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new InvalidDataException($"config.json: {name} is {Shown(value)}, not true or false");
    }

    /// <summary>A text.</summary>
    /// <exception cref="InvalidDataException">It is anything else.</exception>
    public static string Text(JsonElement root, string name, string otherwise)
    {
        if (!Has(root, name)) return otherwise;
        var value = root.GetProperty(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new InvalidDataException($"config.json: {name} is {Shown(value)}, not a text");
    }

    /// <summary>Whether a field is there and not null.</summary>
    public static bool Has(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A value out of a file, no longer than a line.</summary>
    public static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "…";
    }
}
