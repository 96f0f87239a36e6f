namespace Compressor.Concurrency;

/// <summary>Adds up what several threads have done and reports the sum, one report at a time.</summary>
internal sealed class ProgressMeter(IProgress<long>? target)
{
    private readonly Lock _gate = new();
    private readonly IProgress<long>? _target = target;
    private long _done;

    /// <summary>Starts on a part of the work, which is <paramref name="length"/> bytes long.</summary>
    public Part Begin(int length) => new(this, length);

    /// <summary>A part of the work.</summary>
    public sealed class Part(ProgressMeter meter, int length)
    {
        private int _reported;

        /// <summary>So many steps of <paramref name="all"/> are done. May be called by several threads.</summary>
        public void Reach(long done, long all)
        {
            lock (meter._gate)
            {
                var upTo = (int)(length * done / all);
                if (upTo <= _reported)
                    return;
                meter._done += upTo - _reported;
                _reported = upTo;
                meter._target?.Report(meter._done);
            }
        }
    }
}
