using System.Runtime.InteropServices;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// What a binary context has seen, in one byte: how many zeros and ones, the most recent weighing more, and which came last
/// (the bit history states of the PAQ family, from rules of our own). State 0 has seen nothing.
/// </summary>
/// <remarks>
/// A bit adds 1 to its own count and, where the other count is above 2, takes some of that away: what is rare but new says
/// more than what was common and is over. The pairs of counts are bounded so that all states that can be reached are below 256.
/// </remarks>
internal static unsafe class BitHistory
{
    /// <summary>States, some of which are never reached.</summary>
    public const int States = 256;

    // The most that the larger count may be, by the smaller.
    private static ReadOnlySpan<byte> MostByLess => [40, 30, 14, 8, 6, 5];

    // What is left of a count when the other bit comes.
    private static ReadOnlySpan<byte> Remaining => [0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 5, 6];

    private static readonly byte* Transitions = (byte*)NativeMemory.AllocZeroed(2 * States);   // lives as long as the process
    private static readonly (int Zeros, int Ones)[] CountsOf = new (int, int)[States];

    static BitHistory()
    {
        // Breadth first from the empty history: states that have seen less have lower numbers.
        var numbers = new Dictionary<(int Zeros, int Ones, int Last), int> { [(0, 0, 0)] = 0 };
        var open = new Queue<(int Zeros, int Ones, int Last)>(numbers.Keys);
        while (open.TryDequeue(out var state))
        {
            CountsOf[numbers[state]] = (state.Zeros, state.Ones);
            for (var bit = 0; bit < 2; bit++)
            {
                var next = After(state.Zeros, state.Ones, bit);
                if (!numbers.TryGetValue(next, out var number))
                {
                    numbers[next] = number = numbers.Count;
                    open.Enqueue(next);
                }
                Transitions[2 * numbers[state] + bit] = checked((byte)number);
            }
        }
    }

    /// <summary>[state, bit] the state after that bit.</summary>
    public static byte* Next => Transitions;

    /// <summary>The zeros and ones that a state still counts.</summary>
    public static (int Zeros, int Ones) Counts(int state) => CountsOf[state];

    private static (int Zeros, int Ones, int Last) After(int zeros, int ones, int bit)
    {
        int same = (bit == 0 ? zeros : ones) + 1, other = bit == 0 ? ones : zeros;
        other = Remaining[Math.Min(other, Remaining.Length - 1)];
        int most = MostByLess[Math.Min(Math.Min(same, other), MostByLess.Length - 1)];
        same = Math.Min(same, most);
        other = Math.Min(other, most);
        return bit == 0 ? (same, other, 0) : (other, same, same == 0 || other == 0 ? 0 : 1);
    }
}
