using System.Buffers.Binary;
using System.Numerics;

namespace Compressor.Container;

/// <summary>
/// The cyclic redundancy check CRC-32C (Castagnoli): polynomial 0x1EDC6F41, reflected, start and end complemented.
/// Over any length that occurs here it finds every change within 32 consecutive bits.
/// </summary>
internal struct Crc32C
{
    /// <summary>The length of a check in bytes.</summary>
    public const int Length = sizeof(uint);

    private uint _complement; // of the register, so that a default value is a fresh check

    /// <summary>The check over all that was appended.</summary>
    public readonly uint Value => _complement;

    public void Append(ReadOnlySpan<byte> data)
    {
        var register = ~_complement;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            register = BitOperations.Crc32C(register, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var value in data)
            register = BitOperations.Crc32C(register, value);
        _complement = ~register;
    }

    /// <summary>Appends a number of four bytes, little-endian.</summary>
    public void Append(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Append(bytes);
    }
}
