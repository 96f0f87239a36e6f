using System.Buffers.Binary;

namespace Compressor.Training.Native;

/// <summary>
/// Makes libLibTorchSharp.so loadable on systems whose C++ library is older than that of GCC 13: Debian 12, Ubuntu 22.04, RHEL 9.
/// </summary>
/// <remarks>
/// TorchSharp 0.107.0 is linked with GCC 13 and so asks for version <c>GLIBCXX_3.4.32</c> of libstdc++. All that it uses of that
/// version is one function, <c>std::ios_base_library_init</c>, which sets up the standard streams; the header of older libraries
/// does that in every program that includes it, and libtorch, which is loaded before, was built with such a one. So nothing is
/// lost if the function is not called. Three edits of a copy of the file, which must not change its length:
/// <list type="number">
/// <item>The need for that version is marked weak: the loader goes on without it.</item>
/// <item>The symbol of the function takes the name of another imported one that has no arguments and no lasting effect,
/// <c>at::get_num_threads</c>.</item>
/// <item>The symbol takes that one's version, which is none.</item>
/// </list>
/// To be deleted when TorchSharp is built for older systems, or they are no longer in use.
/// </remarks>
internal static class OlderCxxLibrary
{
    /// <summary>What the loader names when it refuses the file.</summary>
    public const string MissingVersion = "GLIBCXX_3.4.32";

    private const string UnneededFunction = "_ZSt21ios_base_library_initv";
    private const string HarmlessFunction = "_ZN2at15get_num_threadsEv";

    private const ushort Weak = 2;
    private const int SymbolLength = 24;

    /// <summary>A copy of the library that older systems load.</summary>
    /// <exception cref="InvalidDataException">The file is not what this knows how to edit.</exception>
    public static byte[] Adapt(ReadOnlySpan<byte> library)
    {
        var image = library.ToArray();
        try
        {
            var sections = ElfImage.Sections(image);
            int names = sections[".dynstr"].Offset, versions = sections[".gnu.version"].Offset;
            MarkWeak(image, sections[".gnu.version_r"].Offset, names);
            var symbols = sections[".dynsym"];
            int unneeded = Symbol(UnneededFunction), harmless = Symbol(HarmlessFunction);
            image.AsSpan(symbols.Offset + SymbolLength * harmless, 4).CopyTo(image.AsSpan(symbols.Offset + SymbolLength * unneeded));
            image.AsSpan(versions + 2 * harmless, 2).CopyTo(image.AsSpan(versions + 2 * unneeded));
            return image;

            int Symbol(string name)
            {
                for (var i = 0; i < symbols.Length / SymbolLength; i++)
                {
                    if (ElfImage.Name(image, names + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(symbols.Offset + SymbolLength * i))) == name)
                        return i;
                }

                throw new InvalidDataException($"the library does not import {name}");
            }
        }
        catch (Exception e) when (e is KeyNotFoundException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException("the library is damaged: " + e.Message, e);
        }
    }

    /// <summary>Walks the needed versions: per library a record of 16 bytes, and for each of its versions another.</summary>
    private static void MarkWeak(byte[] image, int needs, int names)
    {
        while (true)
        {
            int count = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(needs + 2));
            var version = needs + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(needs + 8));
            for (var i = 0; i < count; i++)
            {
                if (ElfImage.Name(image, names + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(version + 8))) == MissingVersion)
                {
                    var flags = image.AsSpan(version + 4, 2);
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | Weak));
                    return;
                }

                version += BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(version + 12));
            }

            var next = BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(needs + 12));
            if (next == 0)
                throw new InvalidDataException($"the library does not ask for {MissingVersion}");
            needs += next;
        }
    }
}
