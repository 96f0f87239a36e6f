using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Compressor.Training.Native;

/// <summary>
/// Finds libtorch and loads it. Everything that touches a tensor comes after <see cref="Load"/>; what TorchSharp says by itself when
/// a library is missing is a page of text, and it looks in fewer places.
/// </summary>
internal static partial class LibTorch
{
    /// <summary>The version that TorchSharp is made for.</summary>
    public const string Version = "2.10.0";

    /// <summary>The environment variable that names the folder of libtorch's libraries.</summary>
    public const string FolderVariable = "COMPRESSOR_LIBTORCH";

    private static readonly Lock Gate = new();
    private static string? _folder;

    /// <summary>The platform as packages name it: linux-x64, win-x64, osx-arm64.</summary>
    public static string Platform { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>The command that fetches libtorch for the processor.</summary>
    public static string FetchCommand { get; } = $"dotnet package download libtorch-cpu-{Platform}@{Version}";

    /// <summary>Loads libtorch, once in a process, and has new tensors made on a device.</summary>
    /// <exception cref="FileNotFoundException">It is not on this machine; says what fetches it.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or made for another platform or version.</exception>
    /// <exception cref="NotSupportedException">CUDA is asked for, and it is not one for CUDA, or there is no such device.</exception>
    public static void Load(TorchDevice device = TorchDevice.Auto)
    {
        lock (Gate)
        {
            var folder = _folder ??= LoadFrom(LibTorchFolders.Find());
            var cuda = File.Exists(Path.Combine(folder, LibTorchFolders.FileName("torch_cuda")));
            if (device == TorchDevice.Cuda && !cuda)
                throw new NotSupportedException($"the libtorch in '{folder}' is not one for CUDA; {FolderVariable} names the folder of one (docs/torchsharp.md)");
            var available = device != TorchDevice.Cpu && cuda && torch.cuda.is_available();
            if (device == TorchDevice.Cuda && !available)
                throw new NotSupportedException($"the libtorch in '{folder}' sees no CUDA device");
            torch.set_default_device(available ? torch.CUDA : torch.CPU);
        }
    }

    private static string LoadFrom(string folder)
    {
        KeepFreedMemory();
        nint cpu = 0;
        foreach (var name in (ReadOnlySpan<string>)["c10", "torch_cpu", "torch"])
        {
            var library = Open(Path.Combine(folder, LibTorchFolders.FileName(name)));
            cpu = name == "torch_cpu" ? library : cpu;
        }

        var sharp = OpenTorchSharp(LibTorchFolders.FindTorchSharp(), folder);
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name switch
        {
            "LibTorchSharp" => sharp,
            "torch_cpu" => cpu,
            _ => 0,
        };
        torch.InitializeDeviceType(DeviceType.CPU);
        return folder;
    }

    /// <summary>Loads a library by its path.</summary>
    /// <exception cref="InvalidDataException">It cannot be loaded; the first line of the reason.</exception>
    internal static nint Open(string path)
    {
        if (!File.Exists(path))
            throw new InvalidDataException($"'{path}' is missing; {HowToFetch}");
        if (OperatingSystem.IsLinux() && WhatIsWrong(path) is { } wrong)
            throw new InvalidDataException($"'{path}' {wrong}; {HowToFetch}");
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new InvalidDataException($"'{path}' cannot be loaded: {Reason(e)}; {HowToFetch}", e);
        }
    }

    internal static string HowToFetch => $"'{FetchCommand}' fetches libtorch, or {FolderVariable} names its folder";

    private static nint OpenTorchSharp(string path, string folder)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e) when (OperatingSystem.IsLinux() && e.Message.Contains(OlderCxxLibrary.MissingVersion, StringComparison.Ordinal))
        {
            return OpenAdapted(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new InvalidDataException($"libtorch {Version} is needed, and '{folder}' is no such one: {Reason(e)}; {HowToFetch}", e);
        }
    }

    private static nint OpenAdapted(string path)
    {
        // A library that is loaded may be deleted.
        var folder = Directory.CreateTempSubdirectory("compressor-");
        try
        {
            var copy = Path.Combine(folder.FullName, Path.GetFileName(path));
            File.WriteAllBytes(copy, OlderCxxLibrary.Adapt(File.ReadAllBytes(path)));
            return Open(copy);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? WhatIsWrong(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[ElfImage.HeaderLength];
        return ElfImage.WhatIsWrong(header[..file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)], file.Length);
    }

    /// <summary>The loader's words: the first line that says more than that there was an error.</summary>
    private static string Reason(Exception e) =>
        e.Message.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Contains(": ", StringComparison.Ordinal)) ?? e.Message.Split('\n')[0];

    /// <summary>
    /// Every step allocates and frees the same tensors of some megabytes. The C library of GNU gives such memory back to the system at
    /// once and gets it back zeroed, page by page: a tenth of a step.
    /// </summary>
    private static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux())
            return;
        const int TrimThreshold = -1, MmapThreshold = -3;
        try
        {
            _ = SetMemoryOption(MmapThreshold, 1 << 30);
            _ = SetMemoryOption(TrimThreshold, int.MaxValue);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which has its own ways.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMemoryOption(int option, int value);
}
