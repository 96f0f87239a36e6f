using System.Runtime.Intrinsics.X86;

namespace Compressor.Kernels;

/// <summary>The instruction sets that kernels are written for, slowest first.</summary>
internal enum InstructionSet
{
    /// <summary>One element at a time: the definition that all others equal bit for bit.</summary>
    Scalar,

    /// <summary>256-bit x86 vectors.</summary>
    Avx2,

    /// <summary>512-bit x86 vectors (AVX-512 F, BW, DQ and VL).</summary>
    Avx512,
}

/// <summary>The one place that chooses an instruction set.</summary>
internal static class InstructionSets
{
    /// <summary>Names a set (<c>scalar</c>, <c>avx2</c>, <c>avx512</c>) to use instead of the fastest.</summary>
    public const string OverrideVariable = "COMPRESSOR_INSTRUCTION_SET";

    /// <summary>The set to use: the fastest that this machine has, unless the environment asks for another.</summary>
    /// <exception cref="PlatformNotSupportedException">The environment asks for a set that this machine has not.</exception>
    public static InstructionSet Current => Choose(Environment.GetEnvironmentVariable(OverrideVariable));

    public static bool IsSupported(InstructionSet set) => set switch
    {
        // Not Vector512.IsHardwareAccelerated: it is false on machines that slow down for wide vectors, where they pay all the same.
        InstructionSet.Avx512 => Avx512BW.IsSupported && Avx512DQ.IsSupported,
        InstructionSet.Avx2 => Avx2.IsSupported,
        _ => true,
    };

    private static InstructionSet Choose(string? wanted)
    {
        if (!string.IsNullOrEmpty(wanted))
        {
            if (!Enum.TryParse(wanted, ignoreCase: true, out InstructionSet set) || !IsSupported(set))
                throw new PlatformNotSupportedException($"{OverrideVariable}: '{wanted}' is not an instruction set of this machine");
            return set;
        }
        return IsSupported(InstructionSet.Avx512) ? InstructionSet.Avx512
            : IsSupported(InstructionSet.Avx2) ? InstructionSet.Avx2
            : InstructionSet.Scalar;
    }
}
