using System.Runtime.InteropServices;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// A learned probability in 32 bits: a 22-bit fraction and a 10-bit count of how often it was seen. It moves by
/// error / (count + 1.5), and by the smallest such step once the count has reached its limit (the adaptive state of PAQ).
/// </summary>
internal static unsafe class AdaptiveProbability
{
    /// <summary>The largest limit.</summary>
    public const int MostCount = 1023;

    private static readonly int* Steps = BuildSteps();

    /// <summary>Whether nothing has been learned yet.</summary>
    public static bool IsNew(uint slot) => (slot & MostCount) == 0;

    /// <summary>A slot that has learned nothing and says <paramref name="probability"/>, of 2^16.</summary>
    public static uint Seed(int probability) => (uint)probability << 16;

    /// <summary>Probability of a 1 bit, of 2^16, in [1, 2^16 − 1].</summary>
    public static int Predict(uint slot) => (int)(slot >> 16 | 1);

    /// <summary>Moves the slot towards the bit.</summary>
    public static void Update(uint* slot, int bit, int limit)
    {
        int count = (int)(*slot & MostCount), p = (int)(*slot >> 10), target = bit == 0 ? 0 : (1 << 22) - 1;
        p += (int)((long)(target - p) * Steps[count] >> 16);
        *slot = (uint)p << 10 | (uint)Math.Min(count + 1, limit);
    }

    private static int* BuildSteps()
    {
        var steps = (int*)NativeMemory.Alloc(MostCount + 1, sizeof(int));   // lives as long as the process
        for (var i = 0; i <= MostCount; i++) steps[i] = (2 << 16) / (2 * i + 3);
        return steps;
    }
}
