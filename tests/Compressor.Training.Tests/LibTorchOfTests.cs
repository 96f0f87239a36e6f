using System.Runtime.CompilerServices;
using Compressor.Training.Native;

namespace Compressor.Training.Tests;

/// <summary>Loads libtorch before a test touches a tensor.</summary>
internal static class LibTorchOfTests
{
    [ModuleInitializer]
    internal static void Load() => LibTorch.Load();
}
