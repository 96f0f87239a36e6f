using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>Gives bytes in pieces.</summary>
internal delegate void BytesReader(BytesReceiver receive);

/// <summary>Receives a piece.</summary>
internal delegate void BytesReceiver(ReadOnlySpan<byte> bytes);

/// <summary>
/// Quantised weights as a safetensors file that is used where it lies in memory: matrices are stored as the panels that products read, so that loading copies nothing.
/// </summary>
internal sealed unsafe class QuantizedCopy(MappedSafetensors file) : IDecoderSource
{
    /// <summary>The text pair of the header that marks such a file.</summary>
    public const string FormatKey = "format", Format = "compressor-int8-panels-1";

    private const int Alignment = 64;

    /// <summary>Whether a file is such a copy.</summary>
    public static bool IsCopy(MappedSafetensors file) => file.Metadata.GetValueOrDefault(FormatKey) == Format;

    /// <inheritdoc/>
    public DigitMatrix Matrix(string name, int outputs, int inputs)
    {
        var restTensor = file.Find(name + ".rests");
        var restCount = restTensor is null ? 0 : (restTensor.End - restTensor.Start) / sizeof(int);
        if (restCount > outputs) throw new InvalidDataException($"{file.FileName}: '{name}.rests' has {restCount} elements for {outputs} outputs");
        var rests = restTensor is null ? new NativeData<int>(0) : file.Data<int>(name + ".rests", ElementType.I32, restCount);
        for (var i = 0; i < rests.Length; i++)
        {
            if (rests.Pointer[i] < (i == 0 ? 0 : rests.Pointer[i - 1] + 1) || rests.Pointer[i] >= outputs)
                throw new InvalidDataException($"{file.FileName}: '{name}.rests' has {rests.Pointer[i]} as element {i}");
        }
        var rows = DigitMatrix.Padded(outputs) + DigitMatrix.Padded((int)restCount);
        var scales = Checked(file.Data<float>(name + ".scales", ElementType.F32, rows), name + ".scales", 0, DecoderWeights.MaxWeight / 127 * 1.001f);
        return new DigitMatrix(outputs, inputs, file.Data<sbyte>(name + ".panels", ElementType.I8, (long)rows * inputs), scales,
            file.Data<int>(name + ".starts", ElementType.I32, rows), rests);
    }

    /// <inheritdoc/>
    public NativeData<float> Vector(string name, int length) =>
        Checked(file.Data<float>(name, ElementType.F32, DigitMatrix.Padded(length)), name, -DecoderWeights.MaxVectorElement, DecoderWeights.MaxVectorElement);

    /// <summary>Writes the weights of a network.</summary>
    public static void Save(DecoderWeights weights, Stream stream)
    {
        // Lists of rests are of any length: they come last, so that all else is aligned.
        var tensors = weights.Parts.SelectMany(part => DataOf(part.Name, part.Part)).OrderBy(tensor => tensor.Type == "I32" && tensor.Length % Alignment != 0).ToList();
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString(FormatKey, Format);
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, type, length, _) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                json.WriteNumberValue(type == "I8" ? length : length / 4);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while ((header.Length + 8) % Alignment != 0) header.WriteByte((byte)' ');
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        stream.Write(prefix);
        header.WriteTo(stream);
        foreach (var tensor in tensors) tensor.Read(stream.Write);
    }

    /// <summary>The tensors that a matrix or vector is stored as.</summary>
    public static IEnumerable<CopiedTensor> DataOf(string name, object part)
    {
        if (part is NativeData<float> vector) return [Of(name, "F32", vector)];
        var matrix = (DigitMatrix)part;
        List<CopiedTensor> tensors = [Of(name + ".panels", "I8", matrix.Panels), Of(name + ".scales", "F32", matrix.Scales), Of(name + ".starts", "I32", matrix.Starts)];
        if (matrix.Rests.Length > 0) tensors.Add(Of(name + ".rests", "I32", matrix.Rests));
        return tensors;
    }

    private static CopiedTensor Of<T>(string name, string type, NativeData<T> data) where T : unmanaged => new(name, type, data.Length * sizeof(T), receive =>
    {
        const int Piece = 1 << 20;
        for (long start = 0; start < data.Length; start += Piece)
            receive(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(data.Pointer + start, (int)Math.Min(Piece, data.Length - start))));
        GC.KeepAlive(data);
    });

    private NativeData<float> Checked(NativeData<float> values, string name, float least, float most)
    {
        for (long i = 0; i < values.Length; i++)
        {
            if (!(values.Pointer[i] >= least && values.Pointer[i] <= most))
                throw new InvalidDataException($"{file.FileName}: '{name}'[{i}] is {values.Pointer[i]}, not within {least} to {most}");
        }
        return values;
    }
}

/// <summary>A tensor of a copy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">As safetensors calls it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Read">Gives its bytes.</param>
internal readonly record struct CopiedTensor(string Name, string Type, long Length, BytesReader Read);
