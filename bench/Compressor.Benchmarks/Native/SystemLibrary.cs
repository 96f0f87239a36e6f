using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Compressor.Benchmarks.Native;

/// <summary>
/// Finds libraries that the system may or may not have, under the names that the platforms give them. Imports name the
/// library by its short name; this resolves it.
/// </summary>
internal static class SystemLibrary
{
    private static readonly Dictionary<string, string[]> FileNames = new(StringComparer.Ordinal)
    {
        [LibZstd.Name] = ["libzstd.so.1", "libzstd.1.dylib", "libzstd.dll", "zstd.dll"],
        [LibLzma.Name] = ["liblzma.so.5", "liblzma.5.dylib", "liblzma.dll"],
    };

    /// <summary>Before any import is called.</summary>
    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(SystemLibrary).Assembly, Resolve);

    /// <summary>Null when the library can be loaded, otherwise a line that says it cannot.</summary>
    public static string? MissingLine(string name) =>
        Resolve(name, typeof(SystemLibrary).Assembly, null) != 0 ? null : $"{name} is not installed ({string.Join(", ", FileNames[name])})";

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (var file in FileNames.GetValueOrDefault(name, []))
            if (NativeLibrary.TryLoad(file, assembly, path, out var handle)) return handle;
        return 0;
    }
}
