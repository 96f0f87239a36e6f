using System.Text.Json;

namespace Compressor.Prediction.Networks;

/// <summary>
/// The tensors of a model as Hugging Face keeps it: <c>model.safetensors</c>, or several files by <c>model.safetensors.index.json</c>. Rows are read as float32,
/// whatever the type in the file.
/// </summary>
internal sealed unsafe class Checkpoint : IDisposable
{
    /// <summary>The file that lists in which file each tensor is.</summary>
    public const string IndexName = "model.safetensors.index.json";

    private const int MaxIndexBytes = 1 << 24, MaxFiles = 1024, MaxDepth = 8;

    private readonly List<MappedSafetensors> _files = [];
    private readonly Dictionary<string, MappedSafetensors> _owners = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">A file is malformed.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public Checkpoint(string folder)
    {
        try
        {
            foreach (var name in FilesOf(folder))
            {
                var file = new MappedSafetensors(Path.Combine(folder, name));
                _files.Add(file);
                foreach (var tensor in file.Tensors)
                {
                    if (!_owners.TryAdd(tensor.Name, file))
                        throw new InvalidDataException($"{name}: {SafetensorsHeader.Quoted(tensor.Name)} is also in {_owners[tensor.Name].FileName}");
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes of all files.</summary>
    public long Length => _files.Sum(file => file.Length);

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Contains(string name) => _owners.ContainsKey(name);

    /// <summary>A tensor that must be there in a given shape.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public TensorRows Get(string name, params ReadOnlySpan<long> shape)
    {
        if (!_owners.TryGetValue(name, out var file)) throw new InvalidDataException($"{_files[0].FileName}: tensor '{name}' is missing");
        var tensor = file.Find(name)!;
        if (!shape.SequenceEqual(tensor.Shape))
            throw new InvalidDataException($"{file.FileName}: '{name}' is [{string.Join(", ", tensor.Shape)}], not [{string.Join(", ", shape.ToArray())}]");
        if (tensor.Type is ElementType.I8 or ElementType.I32)
            throw new InvalidDataException($"{file.FileName}: '{name}' has type {tensor.Type}; checkpoints hold F32, F16, BF16, F8_E4M3 or F8_E5M2");
        return new TensorRows(file, tensor);
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private static string[] FilesOf(string folder)
    {
        if (File.Exists(Path.Combine(folder, SafetensorsFile.FileName)) || !File.Exists(Path.Combine(folder, IndexName))) return [SafetensorsFile.FileName];
        using var stream = File.OpenRead(Path.Combine(folder, IndexName));
        if (stream.Length > MaxIndexBytes) throw new InvalidDataException($"{IndexName} is longer than {MaxIndexBytes} bytes.");
        try
        {
            using var json = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = MaxDepth });
            string[] names = [.. json.RootElement.GetProperty("weight_map").EnumerateObject().Select(pair => pair.Value.GetString() ?? "").Distinct().Order(StringComparer.Ordinal)];
            // A name with a folder in it could lead anywhere.
            if (names.FirstOrDefault(name => name.Length == 0 || name != Path.GetFileName(name)) is { } bad)
                throw new InvalidDataException($"{IndexName}: {SafetensorsHeader.Quoted(bad)} is no name of a file beside it");
            return names.Length is > 0 and <= MaxFiles ? names : throw new InvalidDataException($"{IndexName} names {names.Length} files, not 1 to {MaxFiles}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{IndexName}: {e.Message}", e);
        }
    }
}

/// <summary>A tensor of one or two dimensions, row by row. A vector is a single row.</summary>
/// <param name="file">Has it.</param>
/// <param name="tensor">Where.</param>
internal sealed unsafe class TensorRows(MappedSafetensors file, SafetensorsRange tensor)
{
    private static readonly float[] E4M3 = [.. Enumerable.Range(0, 256).Select(bits => SmallFloat(bits, 4, 3))];
    private static readonly float[] E5M2 = [.. Enumerable.Range(0, 256).Select(bits => SmallFloat(bits, 5, 2))];

    private readonly int _columns = (int)tensor.Shape[^1];

    /// <summary>Where it is, for errors.</summary>
    public string Place => $"{file.FileName}: '{tensor.Name}'";

    /// <summary>Reads some consecutive elements of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The first element.</param>
    /// <param name="values">Receives them.</param>
    /// <param name="limit">The largest magnitude that is accepted.</param>
    /// <exception cref="InvalidDataException">One is not a number, or larger.</exception>
    public void Read(int row, int first, Span<float> values, float limit)
    {
        var source = file.PointerTo(tensor) + ((long)row * _columns + first) * SafetensorsHeader.SizeOf(tensor.Type);
        switch (tensor.Type)
        {
            case ElementType.F32: new ReadOnlySpan<float>(source, values.Length).CopyTo(values); break;
            case ElementType.F16: for (var i = 0; i < values.Length; i++) values[i] = (float)((Half*)source)[i]; break;
            case ElementType.BF16: for (var i = 0; i < values.Length; i++) values[i] = BitConverter.Int32BitsToSingle(((ushort*)source)[i] << 16); break;
            case ElementType.F8_E4M3: for (var i = 0; i < values.Length; i++) values[i] = E4M3[source[i]]; break;
            default: for (var i = 0; i < values.Length; i++) values[i] = E5M2[source[i]]; break;
        }
        GC.KeepAlive(file);
        foreach (var value in values)
        {
            if (!(Math.Abs(value) <= limit)) throw new InvalidDataException($"{Place} has {value} in row {row}, not a number within ±{limit}");
        }
    }

    /// <summary>An 8-bit float. E4M3 has no infinity: only the largest pattern is no number.</summary>
    private static float SmallFloat(int bits, int exponentBits, int mantissaBits)
    {
        int sign = bits >> 7, exponent = bits >> mantissaBits & (1 << exponentBits) - 1, mantissa = bits & (1 << mantissaBits) - 1, bias = (1 << exponentBits - 1) - 1;
        var special = exponentBits == 5 ? exponent == 31 : (bits & 0x7F) == 0x7F;
        if (special) return float.NaN;
        var value = exponent == 0
            ? MathF.ScaleB(mantissa, 1 - bias - mantissaBits)
            : MathF.ScaleB((1 << mantissaBits) + mantissa, exponent - bias - mantissaBits);
        return sign == 0 ? value : -value;
    }
}
