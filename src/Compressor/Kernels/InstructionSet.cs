using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Kernels;

/// <summary>The instruction sets that kernels are written for, slowest first.</summary>
internal enum InstructionSet
{
    /// <summary>One element at a time: the definition that all others equal bit for bit.</summary>
    Scalar,

    /// <summary>128-bit vectors of any machine.</summary>
    Vector128,

    /// <summary>Arm with the dot product instructions (Armv8.2 and later).</summary>
    ArmDp,

    /// <summary>256-bit x86 vectors.</summary>
    Avx2,

    /// <summary>256-bit x86 vectors with the dot product instruction <c>vpdpbusd</c>.</summary>
    AvxVnni,

    /// <summary>512-bit x86 vectors (AVX-512 F, BW, DQ and VL).</summary>
    Avx512,
}

/// <summary>The one place that chooses an instruction set.</summary>
internal static class InstructionSets
{
    /// <summary>Names a set (<c>scalar</c>, <c>vector128</c>, <c>armdp</c>, <c>avx2</c>, <c>avxvnni</c>, <c>avx512</c>) to use instead of the fastest.</summary>
    public const string OverrideVariable = "COMPRESSOR_INSTRUCTION_SET";

    /// <summary>The set to use: the fastest that this machine has, unless the environment asks for another.</summary>
    /// <exception cref="PlatformNotSupportedException">The environment asks for a set that this machine has not.</exception>
    public static InstructionSet Current => Choose(Environment.GetEnvironmentVariable(OverrideVariable));

    public static bool IsSupported(InstructionSet set) => set switch
    {
        // Not Vector512.IsHardwareAccelerated: it is false on processors that lower their clock for 512-bit vectors, and there too they are faster.
        InstructionSet.Avx512 => Avx512BW.IsSupported && Avx512DQ.IsSupported,
        InstructionSet.AvxVnni => AvxVnni.IsSupported,
        InstructionSet.Avx2 => Avx2.IsSupported,
        InstructionSet.ArmDp => Dp.IsSupported,
        InstructionSet.Vector128 => Vector128.IsHardwareAccelerated,
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
        var fastest = InstructionSet.Avx512;
        while (!IsSupported(fastest)) fastest--;
        return fastest;
    }
}
