using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Compressor.Prediction.Mixing;

/// <summary>
/// An adaptive probability map (APM, or secondary symbol estimation): what a mixed logit has really meant in a
/// context, as a curve of 49 points that are interpolated and learned.
/// </summary>
internal sealed unsafe class Apm : IDisposable
{
    private const int Steps = 48, Spacing = 128;     // logit units between points: −12 … 12 nats
    private static readonly ushort* Start = BuildStart();   // [Steps + 1] what a point says at first
    private readonly ZeroedArray<ushort> _curves;           // [contexts, Steps + 1] less Start, modulo 2^16: what is never used is never touched
    private readonly UndoLog? _undo;
    private ushort* _nearest;
    private int _step;

    /// <param name="contexts">Curves.</param>
    /// <param name="undo">Told of every change; null for none.</param>
    public Apm(int contexts, UndoLog? undo = null)
    {
        _undo = undo;
        _curves = new ZeroedArray<ushort>((long)contexts * (Steps + 1));
        _nearest = _curves.Pointer;
    }

    /// <summary>Asks for a curve's cache lines ahead of <see cref="Predict"/>.</summary>
    public void Prefetch(int context)
    {
        if (!Sse.IsSupported) return;
        var curve = _curves.Pointer + (long)context * (Steps + 1);
        Sse.Prefetch0(curve);
        Sse.Prefetch0(curve + Steps);
    }

    /// <summary>The refined probability, of 2^16.</summary>
    public int Predict(int logit, int context)
    {
        int position = logit + Steps / 2 * Spacing, step = position >> 7, weight = position & Spacing - 1;
        var curve = _curves.Pointer + (long)context * (Steps + 1);
        _step = weight < Spacing / 2 ? step : step + 1;
        _nearest = curve + _step;
        int low = (ushort)(curve[step] + Start[step]), high = (ushort)(curve[step + 1] + Start[step + 1]);
        return low * (Spacing - weight) + high * weight >> 7;
    }

    /// <summary>Moves the point nearest to the last prediction by 1/32 towards the bit.</summary>
    public void Update(int bit)
    {
        _undo?.Keep(_nearest);
        *_nearest = (ushort)(*_nearest + (((bit << 16) - bit - (ushort)(*_nearest + Start[_step])) >> 5));
    }

    /// <summary>Takes over the curves of an APM of the same contexts.</summary>
    public void CopyFrom(Apm other) => _curves.CopyFrom(other._curves);

    public void Dispose() => _curves.Dispose();

    private static ushort* BuildStart()
    {
        var start = (ushort*)NativeMemory.Alloc(Steps + 1, sizeof(ushort));   // lives as long as the process
        for (var i = 0; i <= Steps; i++) start[i] = (ushort)Logistic.Squash((i - Steps / 2) * Spacing);
        return start;
    }
}
