using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Compressor.Kernels;

namespace Compressor.Prediction.Networks;

/// <summary>
/// A safetensors file mapped into memory: of any size, and read where it is used. Only for little-endian machines, as its numbers are used in place.
/// </summary>
internal sealed unsafe class MappedSafetensors : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, SafetensorsRange> _tensors;
    private readonly byte* _data;

    /// <exception cref="InvalidDataException">The header is malformed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public MappedSafetensors(string path)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Imported models run on little-endian machines only.");
        FileName = Path.GetFileName(path);
        using var stream = File.OpenRead(path);
        Length = stream.Length;
        Span<byte> prefix = stackalloc byte[8];
        if (Length < 8) throw new InvalidDataException($"{FileName}: shorter than its header length");
        stream.ReadExactly(prefix);
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (headerLength < 2 || headerLength > SafetensorsHeader.MaxBytes || headerLength > Length - 8)
            throw new InvalidDataException($"{FileName}: header length {headerLength} is out of range");
        var header = new byte[headerLength];
        stream.ReadExactly(header);
        var ranges = SafetensorsHeader.Read(FileName, header, Length - 8 - headerLength, Metadata);
        _tensors = ranges.ToDictionary(range => range.Name, StringComparer.Ordinal);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = start + _view.PointerOffset + 8 + headerLength;
    }

    /// <summary>What errors call the file.</summary>
    public string FileName { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>The text pairs of the header.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Every tensor.</summary>
    public IEnumerable<SafetensorsRange> Tensors => _tensors.Values;

    /// <summary>The tensor of that name, or null.</summary>
    public SafetensorsRange? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>First byte of a tensor; valid while this object is reachable and not disposed.</summary>
    public byte* PointerTo(SafetensorsRange tensor) => _data + tensor.Start;

    /// <summary>A tensor in place.</summary>
    /// <exception cref="InvalidDataException">There is none of that name, type and length.</exception>
    public NativeData<T> Data<T>(string name, ElementType type, long length) where T : unmanaged
    {
        var tensor = Find(name) ?? throw new InvalidDataException($"{FileName}: tensor '{name}' is missing");
        if (tensor.Type != type || tensor.End - tensor.Start != length * sizeof(T))
            throw new InvalidDataException($"{FileName}: '{name}' is {tensor.Type}[{string.Join(", ", tensor.Shape)}], not {type} of {length} elements");
        if ((nuint)PointerTo(tensor) % (nuint)sizeof(T) != 0) throw new InvalidDataException($"{FileName}: '{name}' is not aligned");
        return new NativeData<T>(this, (T*)PointerTo(tensor), length);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
