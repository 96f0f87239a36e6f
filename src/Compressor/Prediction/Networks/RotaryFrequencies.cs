using System.Text.Json;

namespace Compressor.Prediction.Networks;

/// <summary>
/// The frequencies of rotary positions as <c>config.json</c> states them, with the scalings <c>linear</c>, <c>dynamic</c>, <c>llama3</c> and <c>yarn</c>, in binary64
/// + − × ÷ alone. Source: the formulas of the transformers library (modeling_rope_utils) and of Peng et al., YaRN, 2023.
/// </summary>
/// <param name="Values">[headSize / 2] what a pair turns by from position to position.</param>
/// <param name="ScoreFactor">What attention scores are multiplied by: the square of YaRN's attention factor, else 1.</param>
internal sealed record RotaryFrequencies(double[] Values, float ScoreFactor)
{
    private const double Ln2 = 0.69314718055994530942, TwoPi = 6.283185307179586;

    /// <summary>Reads them.</summary>
    /// <param name="root"><c>config.json</c>.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <exception cref="InvalidDataException">A field is out of range, or the scaling is another.</exception>
    public static RotaryFrequencies Read(JsonElement root, int headSize)
    {
        var parameters = Object(root, "rope_parameters") ?? Object(root, "rope_scaling");
        var rotaryBase = ConfigFields.Number(parameters ?? root, "rope_theta", 1.001, 1e12, ConfigFields.Number(root, "rope_theta", 1.001, 1e12, 10000));
        double[] plain = [.. Enumerable.Range(0, headSize / 2).Select(i => Exp(-2.0 * i / headSize * Log(rotaryBase)))];
        if (parameters is not { } scaling) return new(plain, 1);
        var type = ConfigFields.Text(scaling, "rope_type", ConfigFields.Text(scaling, "type", "default"));
        // "dynamic" changes nothing within the positions that a model was trained on, and no context is longer.
        if (type is "default" or "dynamic") return new(plain, 1);
        var factor = ConfigFields.Number(scaling, "factor", 1, 1e6);
        return type switch
        {
            "linear" => new([.. plain.Select(f => f / factor)], 1),
            "llama3" => new(Llama3(plain, factor, scaling, root), 1),
            "yarn" => Yarn(plain, factor, scaling, root, headSize, rotaryBase),
            _ => throw new InvalidDataException($"config.json: rope_scaling of type {SafetensorsHeader.Quoted(type)} is not supported; default, linear, dynamic, llama3 and yarn are"),
        };
    }

    /// <summary>e^x by reduction to ± ln 2 / 2 and a Taylor series; relative error below 1e-15 for |x| ≤ 700.</summary>
    internal static double Exp(double x)
    {
        var n = Math.Floor(x / Ln2 + 0.5);
        double r = x - n * Ln2, sum = 1;
        for (var i = 18; i > 0; i--) sum = 1 + r / i * sum;
        return sum * BitConverter.Int64BitsToDouble((long)(1023 + n) << 52);
    }

    /// <summary>ln x for x > 0 that is not subnormal, by the series of the inverse hyperbolic tangent; absolute error below 1e-14.</summary>
    internal static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble(bits & (1L << 52) - 1 | 1023L << 52);
        if (mantissa > 1.4142135623730951) (mantissa, exponent) = (mantissa / 2, exponent + 1);
        double z = (mantissa - 1) / (mantissa + 1), square = z * z, sum = 0;
        for (var i = 25; i > 0; i -= 2) sum = sum * square + 1.0 / i;
        return exponent * Ln2 + 2 * z * sum;
    }

    private static double[] Llama3(double[] plain, double factor, JsonElement scaling, JsonElement root)
    {
        double low = ConfigFields.Number(scaling, "low_freq_factor", 1e-3, 1e6), high = ConfigFields.Number(scaling, "high_freq_factor", 1e-3, 1e6);
        var original = Original(scaling, root);
        return [.. plain.Select(f =>
        {
            var wavelength = TwoPi / f;
            if (wavelength > original / low) return f / factor;
            if (wavelength < original / high) return f;
            var smooth = (original / wavelength - low) / (high - low);
            return (1 - smooth) * f / factor + smooth * f;
        })];
    }

    private static RotaryFrequencies Yarn(double[] plain, double factor, JsonElement scaling, JsonElement root, int headSize, double rotaryBase)
    {
        var original = Original(scaling, root);
        var low = Math.Max(0, Math.Floor(Dimension(ConfigFields.Number(scaling, "beta_fast", 1e-3, 1e6, 32))));
        var high = Math.Min(headSize - 1, Math.Ceiling(Dimension(ConfigFields.Number(scaling, "beta_slow", 1e-3, 1e6, 1))));
        if (high == low) high += 0.001;
        var attention = ConfigFields.Number(scaling, "attention_factor", 1e-3, 1e3, 0.1 * Log(factor) + 1);
        return new([.. plain.Select((f, i) =>
        {
            var interpolated = Math.Clamp((i - low) / (high - low), 0, 1);
            return f / factor * interpolated + f * (1 - interpolated);
        })], (float)(attention * attention));

        // Where a pair turns so many times over all positions.
        double Dimension(double turns) => headSize * Log(original / (turns * TwoPi)) / (2 * Log(rotaryBase));
    }

    private static double Original(JsonElement scaling, JsonElement root) =>
        ConfigFields.Number(scaling, "original_max_position_embeddings", 1, 1 << 30, ConfigFields.Number(root, "max_position_embeddings", 1, 1 << 30));

    private static JsonElement? Object(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
