using System.Runtime.InteropServices;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// The logistic domain in integers: a probability is a 16-bit fraction, its logit ("stretch", as in the PAQ family)
/// ln(p / (1 − p)) in units of 1/256.
/// </summary>
internal static unsafe class Logistic
{
    /// <summary>Probabilities are parts of 2^16 and lie in [1, 2^16 − 1].</summary>
    public const int One = 1 << 16;

    /// <summary>Logits lie in [−Limit, Limit]: 11.99 nats, a probability of 2^−17.</summary>
    public const int Limit = 3071;

    private static readonly ushort* Probabilities = BuildProbabilities();   // [2 · Limit + 1] by logit + Limit
    private static readonly short* Logits = BuildLogits();                   // [One] by probability

    /// <summary>The probability of a logit, clamped to the range of both.</summary>
    public static int Squash(int logit) => Probabilities[Math.Clamp(logit, -Limit, Limit) + Limit];

    /// <summary>The logit of a probability in [0, 2^16); exact to one unit where it matters, near 0 and 1.</summary>
    public static int Stretch(int probability) => Logits[probability];

    private static ushort* BuildProbabilities()
    {
        // e^(−1/256) by its series, then powers by repeated multiplication: binary64 × is the same everywhere.
        const double X = -1.0 / 256;
        const double Ratio = 1 + X * (1 + X / 2 * (1 + X / 3 * (1 + X / 4 * (1 + X / 5 * (1 + X / 6)))));
        var table = (ushort*)NativeMemory.Alloc(2 * Limit + 1, sizeof(ushort));   // lives as long as the process
        double power = 1;
        for (var logit = 0; logit <= Limit; logit++, power *= Ratio)
        {
            var p = (int)(One / (1 + power) + 0.5);
            p = Math.Min(p, One - 1);
            table[Limit + logit] = (ushort)p;
            table[Limit - logit] = (ushort)(One - p);
        }
        return table;
    }

    /// <summary>
    /// The lowest logit whose probability is at least the one asked for; between 1/16 and 15/16, at least the middle of its cell of 16.
    /// </summary>
    private static short* BuildLogits()
    {
        var table = (short*)NativeMemory.Alloc(One, sizeof(short));
        var logit = -Limit;
        for (var i = 0; i < One; i++)
        {
            var p = i is < 4096 or >= One - 4096 ? i : i >> 4 << 4 | 8;
            while (logit < Limit && Probabilities[logit + Limit] < p) logit++;
            table[i] = (short)logit;
        }
        return table;
    }
}
