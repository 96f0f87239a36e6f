using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Compressor.Training.Native;

/// <summary>
/// As much of the Executable and Linkable Format as is needed to say whether a shared library of 64 bits is whole and made for
/// this processor, and to find its sections ("System V Application Binary Interface", chapter 4).
/// </summary>
internal static class ElfImage
{
    /// <summary>Bytes of the file header.</summary>
    public const int HeaderLength = 64;

    private const int SectionHeaderLength = 64;

    /// <summary>Where a section lies in the file.</summary>
    /// <param name="Offset">First byte.</param>
    /// <param name="Length">Bytes.</param>
    public readonly record struct Section(int Offset, int Length);

    /// <summary>Why a file cannot be loaded here, or null. A loader that maps a file cut short ends the process.</summary>
    /// <param name="header">The first <see cref="HeaderLength"/> bytes of the file, or all if there are fewer.</param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    public static string? WhatIsWrong(ReadOnlySpan<byte> header, long fileLength)
    {
        if (header.Length < HeaderLength || !header.StartsWith("\u007FELF"u8))
            return "is not a shared library of Linux";
        if (header[4] != 2 || header[5] != 1 || Machine(header) != MachineHere)
            return $"is a library for another processor than this one ({RuntimeInformation.ProcessArchitecture})";
        // The table of sections is the last thing in a file that a linker wrote.
        var end = BinaryPrimitives.ReadInt64LittleEndian(header[0x28..]) + (long)SectionHeaderLength * BinaryPrimitives.ReadUInt16LittleEndian(header[0x3C..]);
        return end > fileLength || end < 0 ? $"is cut short: {fileLength} bytes of {end}" : null;
    }

    /// <summary>The sections of an image by name.</summary>
    /// <exception cref="InvalidDataException">It is no image, or one that is damaged.</exception>
    public static IReadOnlyDictionary<string, Section> Sections(ReadOnlySpan<byte> image)
    {
        if (WhatIsWrong(image[..Math.Min(image.Length, HeaderLength)], image.Length) is { } wrong)
            throw new InvalidDataException("the file " + wrong);
        var table = (int)BinaryPrimitives.ReadInt64LittleEndian(image[0x28..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3C..]), names = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3E..]);
        try
        {
            var (namesOffset, _) = At(image, names);
            var sections = new Dictionary<string, Section>(StringComparer.Ordinal);
            for (var i = 0; i < count; i++)
                sections[Name(image, namesOffset + BinaryPrimitives.ReadInt32LittleEndian(image[(table + i * SectionHeaderLength)..]))] = At(image, i);
            return sections;
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException("the sections of the file do not lie in it", e);
        }

        Section At(ReadOnlySpan<byte> image, int index)
        {
            var header = image.Slice(table + index * SectionHeaderLength, SectionHeaderLength);
            return new Section((int)BinaryPrimitives.ReadInt64LittleEndian(header[0x18..]), (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x20..]));
        }
    }

    /// <summary>The text that ends in a zero byte.</summary>
    public static string Name(ReadOnlySpan<byte> image, int offset)
    {
        var rest = image[offset..];
        var length = rest.IndexOf((byte)0);
        return length < 0 ? throw new InvalidDataException("a name in the file does not end") : Encoding.ASCII.GetString(rest[..length]);
    }

    private static ushort Machine(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16LittleEndian(header[0x12..]);

    private static ushort MachineHere => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 62,
        Architecture.Arm64 => 183,
        _ => 0,
    };
}
