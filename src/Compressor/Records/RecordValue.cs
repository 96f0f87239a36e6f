using Compressor.RangeCoding;

namespace Compressor.Records;

/// <summary>
/// A record that stands alone, without a container: the form in two bits (3: as it is) and six bits of the dictionary's hash, the lowest byte of the content's check, and
/// the message.
/// </summary>
internal static class RecordValue
{
    /// <summary>The longest value in bytes.</summary>
    public const int MaxLength = 1 << 20;

    private const int HeadLength = 2, Stored = 3, FormBits = 2;

    public static byte[] Encode(ReadOnlySpan<byte> value, LmzDictionary dictionary, int level)
    {
        var form = RecordForm.OfLevel(level, dictionary.Content.Length);
        var prepared = dictionary.For(form);
        var model = prepared.Rent(value.Length + 1);
        try
        {
            var message = model.EncodeAlone(value);
            var isSmaller = message.Length < value.Length;
            var result = new byte[HeadLength + (isSmaller ? message.Length : value.Length)];
            result[0] = (byte)((int)(dictionary.Hash << FormBits) | (isSmaller ? form.Code : Stored));
            result[1] = (byte)RecordChunk.CheckOf(value);
            (isSmaller ? message : value).CopyTo(result.AsSpan(HeadLength));
            return result;
        }
        finally
        {
            prepared.Return(model);
        }
    }

    /// <exception cref="InvalidDataException">The data is none of the dictionary, or damaged.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> data, LmzDictionary dictionary)
    {
        if (data.Length < HeadLength)
            throw new InvalidDataException($"A compressed value has {HeadLength} bytes at least, not {data.Length}.");
        if (data[0] >> FormBits != (int)(dictionary.Hash & 0xFF >> FormBits))
            throw new InvalidDataException($"The value was compressed with another dictionary than {dictionary.Id}.");
        var code = data[0] & Stored;
        var value = code == Stored ? data[HeadLength..].ToArray() : DecodeMessage(data[HeadLength..].ToArray(), dictionary, code);
        return (byte)RecordChunk.CheckOf(value) == data[1]
            ? value
            : throw new InvalidDataException($"The value is damaged, or was compressed with another dictionary than {dictionary.Id}.");
    }

    private static byte[] DecodeMessage(byte[] message, LmzDictionary dictionary, int code)
    {
        var form = RecordForm.OfCode(code, dictionary.Content.Length);
        var prepared = dictionary.For(form);
        var model = prepared.Rent(MaxLength + 1);
        try
        {
            return model.Decode(new RangeDecoder(message)).ToArray();
        }
        finally
        {
            prepared.Return(model);
        }
    }
}
