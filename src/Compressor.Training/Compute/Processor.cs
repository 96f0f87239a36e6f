using System.Runtime.Intrinsics.X86;

namespace Compressor.Training.Compute;

/// <summary>What the processor at hand multiplies fastest.</summary>
internal static class Processor
{
    /// <summary>
    /// The type in which matrices are multiplied: bfloat16 where the processor or the device has products of it, which take a quarter of
    /// the time of float32; else float32. Weights, optimiser averages, norms and the residual stream are float32 in either case.
    /// </summary>
    public static ScalarType ProductType(DeviceType device) =>
        device == DeviceType.CUDA || HasBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    // Intel's manual, volume 2, CPUID: leaf 7, subleaf 1, EAX bit 5 is AVX512_BF16; subleaf 0, EDX bit 22 is AMX-BF16.
    private static bool HasBFloat16 => Avx512F.IsSupported
        && ((X86Base.CpuId(7, 1).Eax >> 5 & 1) != 0 || (X86Base.CpuId(7, 0).Edx >> 22 & 1) != 0);
}
