using System.Runtime.Intrinsics.X86;

namespace Compressor.Memory;

/// <summary>
/// A final adaptive probability stage (APM, or secondary symbol estimation): what a mixed logit has really meant in a
/// context, as a curve of 49 points that are interpolated and learned.
/// </summary>
internal sealed unsafe class Refinement : IDisposable
{
    private const int Steps = 48, Spacing = 128;     // logit units between points: −12 … 12 nats
    private readonly ZeroedArray<ushort> _curves;    // [contexts, Steps + 1]
    private ushort* _nearest;

    public Refinement(int contexts)
    {
        _curves = new ZeroedArray<ushort>((long)contexts * (Steps + 1));
        for (int i = 0; i < _curves.Length; i++) _curves.Pointer[i] = (ushort)Logistic.Squash((i % (Steps + 1) - Steps / 2) * Spacing);
        _nearest = _curves.Pointer;
    }

    /// <summary>Asks for a curve's cache lines ahead of <see cref="Predict"/>.</summary>
    public void Prefetch(int context)
    {
        if (!Sse.IsSupported) return;
        ushort* curve = _curves.Pointer + (long)context * (Steps + 1);
        Sse.Prefetch0(curve);
        Sse.Prefetch0(curve + Steps);
    }

    /// <summary>The refined probability, of 2^16.</summary>
    public int Predict(int logit, int context)
    {
        int position = logit + Steps / 2 * Spacing, step = position >> 7, weight = position & Spacing - 1;
        ushort* point = _curves.Pointer + (long)context * (Steps + 1) + step;
        _nearest = weight < Spacing / 2 ? point : point + 1;
        return point[0] * (Spacing - weight) + point[1] * weight >> 7;
    }

    /// <summary>Moves the point nearest to the last prediction by 1/32 towards the bit.</summary>
    public void Update(int bit) => *_nearest = (ushort)(*_nearest + (((bit << 16) - bit - *_nearest) >> 5));

    public void Dispose() => _curves.Dispose();
}
