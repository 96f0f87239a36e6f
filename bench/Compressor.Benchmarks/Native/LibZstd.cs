using System.Runtime.InteropServices;

namespace Compressor.Benchmarks.Native;

/// <summary>The few calls of libzstd (zstd.h, stable since 1.4) that a comparison needs.</summary>
internal static unsafe partial class LibZstd
{
    internal const string Name = "libzstd";

    // ZSTD_cParameter and ZSTD_dParameter.
    private const int CompressionLevel = 100, WindowLog = 101, LongDistanceMatching = 160, WindowLogMax = 100;

    /// <summary>Null when the system has the library.</summary>
    public static string? Missing { get; } = SystemLibrary.MissingLine(Name);

    public static string Version => Marshal.PtrToStringUTF8(ZSTD_versionString()) ?? "";

    /// <summary>One frame. With a window logarithm, long-distance matching is on as with <c>--long</c>.</summary>
    /// <exception cref="InvalidOperationException">The library reports an error.</exception>
    public static byte[] Compress(byte[] content, int level, int? windowLog)
    {
        var data = new byte[checked((int)ZSTD_compressBound((nuint)content.Length))];
        var context = ZSTD_createCCtx();
        try
        {
            Check(ZSTD_CCtx_setParameter(context, CompressionLevel, level));
            if (windowLog is { } log)
            {
                Check(ZSTD_CCtx_setParameter(context, WindowLog, log));
                Check(ZSTD_CCtx_setParameter(context, LongDistanceMatching, 1));
            }
            fixed (byte* source = content, target = data)
                return data[..(int)Check(ZSTD_compress2(context, target, (nuint)data.Length, source, (nuint)content.Length))];
        }
        finally
        {
            _ = ZSTD_freeCCtx(context);
        }
    }

    /// <exception cref="InvalidOperationException">The data is damaged, of other length, or needs a larger window.</exception>
    public static byte[] Decompress(byte[] data, int contentLength, int windowLog)
    {
        var content = new byte[contentLength];
        var context = ZSTD_createDCtx();
        try
        {
            Check(ZSTD_DCtx_setParameter(context, WindowLogMax, windowLog));
            fixed (byte* source = data, target = content)
                return content[..(int)Check(ZSTD_decompressDCtx(context, target, (nuint)content.Length, source, (nuint)data.Length))];
        }
        finally
        {
            _ = ZSTD_freeDCtx(context);
        }
    }

    private static nuint Check(nuint result) => ZSTD_isError(result) == 0
        ? result
        : throw new InvalidOperationException($"libzstd: {Marshal.PtrToStringUTF8(ZSTD_getErrorName(result))}");

    [LibraryImport(Name)] private static partial nint ZSTD_versionString();
    [LibraryImport(Name)] private static partial nuint ZSTD_compressBound(nuint length);
    [LibraryImport(Name)] private static partial nint ZSTD_createCCtx();
    [LibraryImport(Name)] private static partial nuint ZSTD_freeCCtx(nint context);
    [LibraryImport(Name)] private static partial nuint ZSTD_CCtx_setParameter(nint context, int parameter, int value);
    [LibraryImport(Name)] private static partial nuint ZSTD_compress2(nint context, byte* target, nuint capacity, byte* source, nuint length);
    [LibraryImport(Name)] private static partial nint ZSTD_createDCtx();
    [LibraryImport(Name)] private static partial nuint ZSTD_freeDCtx(nint context);
    [LibraryImport(Name)] private static partial nuint ZSTD_DCtx_setParameter(nint context, int parameter, int value);
    [LibraryImport(Name)] private static partial nuint ZSTD_decompressDCtx(nint context, byte* target, nuint capacity, byte* source, nuint length);
    [LibraryImport(Name)] private static partial uint ZSTD_isError(nuint code);
    [LibraryImport(Name)] private static partial nint ZSTD_getErrorName(nuint code);
}
