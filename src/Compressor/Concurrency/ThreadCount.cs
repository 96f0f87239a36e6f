namespace Compressor.Concurrency;

/// <summary>What the <c>Threads</c> of the options means.</summary>
internal static class ThreadCount
{
    /// <summary>The number itself, or for 0 that of the cores.</summary>
    public static int Of(int option) => option == 0 ? Environment.ProcessorCount : option;
}
