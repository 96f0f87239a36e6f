using System.Collections.Concurrent;

namespace Compressor.Concurrency;

/// <summary>Work of unequal length that threads share: each takes the longest that is left, so that all end at about the same time.</summary>
internal static class LongestJobFirst
{
    /// <param name="work">The pieces of work.</param>
    /// <param name="length">How long one takes, in any unit.</param>
    /// <param name="run">Does one; may be called by several threads.</param>
    /// <param name="threads">How many threads.</param>
    /// <param name="cancellation">Stops before the next piece.</param>
    public static void Run<T>(IEnumerable<T> work, Func<T, long> length, Action<T> run, int threads, CancellationToken cancellation) => Parallel.ForEach(
        Partitioner.Create(work.OrderByDescending(length), EnumerablePartitionerOptions.NoBuffering),
        new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
        run);
}
