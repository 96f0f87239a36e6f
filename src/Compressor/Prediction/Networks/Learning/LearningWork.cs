using System.Collections.Concurrent;
using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Learning;

/// <summary>What the products of a learning network are done with: kernels, threads and memory for what is of no use after a product.</summary>
internal sealed class LearningWork
{
    // Multiplications for which it pays to wake another thread.
    private const long WorthSharing = 1 << 21;

    private readonly ParallelOptions _threads;
    private readonly ConcurrentBag<PinnedArray<float>> _scratch = [];
    private readonly long _scratchLength;

    /// <param name="kernels">The arithmetic.</param>
    /// <param name="rows">The most rows of a step.</param>
    /// <param name="inputs">The widest input.</param>
    /// <param name="outputs">The widest output, padded.</param>
    /// <param name="threads">How many threads may work; no result depends on it.</param>
    public LearningWork(FloatKernels kernels, int rows, int inputs, int outputs, int threads)
    {
        Kernels = kernels;
        _threads = new ParallelOptions { MaxDegreeOfParallelism = threads };
        TurnedOutputs = new PinnedArray<float>((long)rows * outputs);
        TurnedInputs = new PinnedArray<float>((long)rows * inputs);
        _scratchLength = (long)(rows + inputs) * LearnedMatrix.PanelWidth;
    }

    /// <summary>The arithmetic.</summary>
    public FloatKernels Kernels { get; }

    /// <summary>[outputs, rows].</summary>
    public PinnedArray<float> TurnedOutputs { get; }

    /// <summary>[inputs, rows].</summary>
    public PinnedArray<float> TurnedInputs { get; }

    /// <summary>Does pieces of work that do not touch each other's results, in any order.</summary>
    /// <param name="count">The pieces.</param>
    /// <param name="each">Multiplications of each.</param>
    /// <param name="piece">Does one.</param>
    public void Run(int count, long each, Action<int> piece)
    {
        if (_threads.MaxDegreeOfParallelism > 1 && count * each >= WorthSharing)
        {
            Parallel.For(0, count, _threads, piece);
            return;
        }

        for (var i = 0; i < count; i++)
            piece(i);
    }

    /// <summary>Memory of one piece of work: [rows + inputs, 32].</summary>
    public Scratch RentScratch() => new(this, _scratch.TryTake(out var array) ? array : new PinnedArray<float>(_scratchLength));

    /// <summary>Memory that goes back when it is disposed.</summary>
    public readonly unsafe struct Scratch(LearningWork work, PinnedArray<float> array) : IDisposable
    {
        /// <summary>Valid until disposed.</summary>
        public float* Pointer => array.Pointer;

        public void Dispose() => work._scratch.Add(array);
    }
}
