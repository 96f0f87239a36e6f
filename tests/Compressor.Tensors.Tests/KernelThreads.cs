using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Tests;

/// <summary>Runs something with a given number of kernel threads; other tests may run meanwhile, whose results cannot change by it.</summary>
internal static class KernelThreads
{
    private static readonly Lock Gate = new();

    public static void With(int threads, Action body)
    {
        lock (Gate)
        {
            int before = WorkerPool.Threads;
            WorkerPool.Threads = threads;
            try
            {
                body();
            }
            finally
            {
                WorkerPool.Threads = before;
            }
        }
    }
}
