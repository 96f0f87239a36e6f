using System.Runtime.InteropServices;

namespace Compressor.Benchmarks.Native;

/// <summary>The one-call functions of liblzma (lzma/container.h, stable since 5.0).</summary>
internal static unsafe partial class LibLzma
{
    internal const string Name = "liblzma";

    private const uint PresetExtreme = 1u << 31;
    private const int CheckCrc64 = 4;   // what the xz tool writes

    /// <summary>Null when the system has the library.</summary>
    public static string? Missing { get; } = SystemLibrary.MissingLine(Name);

    public static string Version => Marshal.PtrToStringUTF8(lzma_version_string()) ?? "";

    /// <exception cref="InvalidOperationException">The library reports an error.</exception>
    public static byte[] Compress(byte[] content, int level, bool extreme)
    {
        var data = new byte[checked((int)lzma_stream_buffer_bound((nuint)content.Length))];
        nuint length = 0;
        fixed (byte* source = content, target = data)
        {
            Check(lzma_easy_buffer_encode((uint)level | (extreme ? PresetExtreme : 0), CheckCrc64, 0,
                source, (nuint)content.Length, target, &length, (nuint)data.Length));
        }
        return data[..(int)length];
    }

    /// <exception cref="InvalidOperationException">The data is damaged or its content longer than said.</exception>
    public static byte[] Decompress(byte[] data, int contentLength)
    {
        var content = new byte[contentLength];
        var memoryLimit = ulong.MaxValue;
        nuint read = 0, written = 0;
        fixed (byte* source = data, target = content)
            Check(lzma_stream_buffer_decode(&memoryLimit, 0, 0, source, &read, (nuint)data.Length, target, &written, (nuint)content.Length));
        return content[..(int)written];
    }

    private static void Check(int result)
    {
        if (result != 0) throw new InvalidOperationException($"liblzma: error {result}");
    }

    [LibraryImport(Name)] private static partial nint lzma_version_string();
    [LibraryImport(Name)] private static partial nuint lzma_stream_buffer_bound(nuint length);
    [LibraryImport(Name)]
    private static partial int lzma_easy_buffer_encode(
        uint preset, int check, nint allocator, byte* source, nuint length, byte* target, nuint* written, nuint capacity);
    [LibraryImport(Name)]
    private static partial int lzma_stream_buffer_decode(
        ulong* memoryLimit, uint flags, nint allocator, byte* source, nuint* read, nuint length, byte* target, nuint* written, nuint capacity);
}
