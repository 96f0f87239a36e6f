using System.Runtime.InteropServices;

namespace Compressor.Cli.Torch;

/// <summary>
/// Another program in this process's place (POSIX <c>execve</c>): it has the same number, input, outputs and terminal, gets every
/// signal itself and ends with its own exit code. Windows has no such thing.
/// </summary>
internal static partial class ProcessReplacement
{
    /// <summary>Returns only if it can't be done.</summary>
    /// <param name="file">Path of the program.</param>
    /// <param name="arguments">Its arguments, without its name.</param>
    /// <param name="environment">All of its environment.</param>
    public static void TryExecute(string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        if (!OperatingSystem.IsWindows())
            _ = Execute(file, [file, .. arguments, null], [.. environment.Select(variable => $"{variable.Key}={variable.Value}"), null]);
    }

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string file, string?[] arguments, string?[] environment);
}
