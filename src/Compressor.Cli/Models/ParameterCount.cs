using System.Buffers.Binary;
using System.Text.Json;

namespace Compressor.Cli.Models;

/// <summary>Counts a model's weights by the header of its safetensors file, without reading them.</summary>
internal static class ParameterCount
{
    private const string ScaleSuffix = "_scale"; // not weights, but what the weights of a row are multiplied by

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
            .Where(tensor => tensor.Value.TryGetProperty("shape", out _) && !tensor.Name.EndsWith(ScaleSuffix, StringComparison.Ordinal))
            .Sum(tensor => tensor.Value.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, size) => product * size.GetInt64()));
    }
}
