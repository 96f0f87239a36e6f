using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Compressor.Prediction.Networks;

/// <summary>One tensor: its type, shape and little-endian bytes.</summary>
internal sealed record SafetensorsEntry(string Name, ElementType Type, long[] Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The elements of a tensor of F32: in place where the machine is little-endian, else a copy.</summary>
    public ReadOnlySpan<float> Floats => BitConverter.IsLittleEndian
        ? MemoryMarshal.Cast<byte, float>(Bytes.Span)
        : MemoryMarshal.Cast<int, float>(Reversed(MemoryMarshal.Cast<byte, int>(Bytes.Span)));

    public ReadOnlySpan<sbyte> Int8 => MemoryMarshal.Cast<byte, sbyte>(Bytes.Span);

    /// <summary>The little-endian bytes of numbers of four bytes each.</summary>
    public static ReadOnlySpan<byte> BytesOf(ReadOnlySpan<int> values) =>
        MemoryMarshal.AsBytes(BitConverter.IsLittleEndian ? values : Reversed(values));

    private static ReadOnlySpan<int> Reversed(ReadOnlySpan<int> values)
    {
        var reversed = new int[values.Length];
        BinaryPrimitives.ReverseEndianness(values, reversed);
        return reversed;
    }
}

/// <summary>
/// Reads and writes the safetensors format: an 8-byte little-endian header length, a JSON header that gives each
/// tensor's type, shape and byte range, then the bytes. Source: the format description of huggingface/safetensors.
/// </summary>
internal sealed class SafetensorsFile
{
    /// <summary>The name that errors give the file.</summary>
    public const string FileName = "model.safetensors";

    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Free-form text pairs from the header's <c>__metadata__</c>.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Tensor names in ordinal order.</summary>
    public IEnumerable<string> Names => _entries.Keys.Order(StringComparer.Ordinal);

    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <exception cref="InvalidDataException">There is no such tensor, or its type or shape is another.</exception>
    public SafetensorsEntry Get(string name, ElementType type, params ReadOnlySpan<long> shape)
    {
        if (!_entries.TryGetValue(name, out var entry))
            throw Invalid($"tensor '{name}' is missing");
        if (entry.Type != type || !shape.SequenceEqual(entry.Shape))
            throw Invalid($"'{name}' is {entry.Type}[{string.Join(", ", entry.Shape)}], not {type}[{string.Join(", ", shape.ToArray())}]");
        return entry;
    }

    public void Add(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Add(name, ElementType.F32, SafetensorsEntry.BytesOf(MemoryMarshal.Cast<float, int>(values)), shape);

    public void Add(string name, ReadOnlySpan<sbyte> values, params ReadOnlySpan<long> shape) =>
        Add(name, ElementType.I8, MemoryMarshal.AsBytes(values), shape);

    private void Add(string name, ElementType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape)
    {
        if (SafetensorsHeader.ByteCount(type, shape) != bytes.Length)
            throw new ArgumentException($"'{name}': {bytes.Length} bytes do not fill {type}[{string.Join(", ", shape.ToArray())}]");
        _entries.Add(name, new SafetensorsEntry(name, type, shape.ToArray(), bytes.ToArray()));
    }

    /// <summary>A file with the same tensors, but the rows of some in another order: row i is what was row order[i].</summary>
    /// <exception cref="InvalidDataException">One of them is missing or has not as many rows.</exception>
    public SafetensorsFile WithRows(ReadOnlySpan<int> order, params ReadOnlySpan<string> names)
    {
        var result = new SafetensorsFile();
        foreach (var (key, value) in Metadata) result.Metadata.Add(key, value);
        foreach (var (name, entry) in _entries) result._entries.Add(name, entry);
        foreach (var name in names)
        {
            if (!_entries.TryGetValue(name, out var entry))
                throw new InvalidDataException($"model.safetensors: tensor '{name}' is missing");
            if (entry.Shape.Length == 0 || entry.Shape[0] != order.Length)
                throw new InvalidDataException($"model.safetensors: '{name}' is {entry.Type}[{string.Join(", ", entry.Shape)}], not of {order.Length} rows");
            var rowLength = entry.Bytes.Length / order.Length;
            var rows = new byte[entry.Bytes.Length];
            for (var i = 0; i < order.Length; i++)
                entry.Bytes.Span.Slice(order[i] * rowLength, rowLength).CopyTo(rows.AsSpan(i * rowLength));
            result._entries[name] = entry with { Bytes = rows };
        }
        return result;
    }

    /// <summary>Writes the file. The same tensors always give the same bytes: names are in ordinal order.</summary>
    public void Save(Stream stream)
    {
        using var header = new MemoryStream();
        using (var writer = new Utf8JsonWriter(header))
        {
            writer.WriteStartObject();
            if (Metadata.Count > 0)
            {
                writer.WriteStartObject("__metadata__");
                foreach (var key in Metadata.Keys.Order(StringComparer.Ordinal)) writer.WriteString(key, Metadata[key]);
                writer.WriteEndObject();
            }
            long offset = 0;
            foreach (var name in Names)
            {
                var entry = _entries[name];
                writer.WriteStartObject(name);
                writer.WriteString("dtype", entry.Type.ToString());
                writer.WriteStartArray("shape");
                foreach (var size in entry.Shape) writer.WriteNumberValue(size);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                writer.WriteNumberValue(offset += entry.Bytes.Length);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        while (header.Length % 8 != 0) header.WriteByte((byte)' ');   // tensors start aligned
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach (var name in Names) stream.Write(_entries[name].Bytes.Span);
    }

    /// <exception cref="InvalidDataException">The file is damaged or uses a type that models do not.</exception>
    public static SafetensorsFile Load(ReadOnlyMemory<byte> file)
    {
        if (file.Length < 8) throw Invalid("shorter than its header length");
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(file.Span);
        if (headerLength < 2 || headerLength > SafetensorsHeader.MaxBytes || headerLength > file.Length - 8)
            throw Invalid($"header length {headerLength} is out of range");
        var data = file[(int)(8 + headerLength)..];
        var result = new SafetensorsFile();
        foreach (var (name, type, shape, start, end) in SafetensorsHeader.Read(FileName, file.Slice(8, (int)headerLength), data.Length, result.Metadata))
        {
            if (type is not (ElementType.F32 or ElementType.I8))
                throw Invalid($"{SafetensorsHeader.Quoted(name)} has type '{type}'; models use F32 and I8");
            result._entries.Add(name, new SafetensorsEntry(name, type, shape, data[(int)start..(int)end]));
        }
        return result;
    }

    private static InvalidDataException Invalid(string what) => new($"{FileName}: {what}");

    /// <summary>SHA-256 over names, types, shapes and bytes in ordinal order: independent of how the header is laid out.</summary>
    public byte[] ContentHash(ReadOnlySpan<byte> prefix)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(prefix);
        foreach (var name in Names)
        {
            var entry = _entries[name];
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"\n{name} {entry.Type} {string.Join(',', entry.Shape)}\n"));
            hash.AppendData(entry.Bytes.Span);
        }
        return hash.GetHashAndReset();
    }
}
