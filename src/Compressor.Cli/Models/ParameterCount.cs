using System.Buffers.Binary;
using System.Text.Json;

namespace Compressor.Cli.Models;

/// <summary>Counts a model's weights by the header of its safetensors file, without reading them.</summary>
internal static class ParameterCount
{
    // Not weights, but what belongs to the rows of a quantised matrix.
    private static readonly string[] RowSuffixes = ["_scale", ".scales", ".starts", ".rests"];

    /// <param name="path">A file that was loaded before, and so is well formed.</param>
    public static long Of(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> length = stackalloc byte[sizeof(long)];
        file.ReadExactly(length);
        var header = new byte[BinaryPrimitives.ReadInt64LittleEndian(length)];
        file.ReadExactly(header);
        using var json = JsonDocument.Parse(header);
        return json.RootElement.EnumerateObject()
            .Where(tensor => tensor.Value.TryGetProperty("shape", out _) && !RowSuffixes.Any(suffix => tensor.Name.EndsWith(suffix, StringComparison.Ordinal)))
            .Sum(tensor => tensor.Value.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, size) => product * size.GetInt64()));
    }
}
