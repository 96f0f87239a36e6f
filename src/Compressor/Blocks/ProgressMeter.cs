namespace Compressor.Blocks;

/// <summary>Adds up what several threads have done and reports the sum, one report at a time.</summary>
internal sealed class ProgressMeter(IProgress<long>? target)
{
    private readonly Lock _gate = new();
    private long _done;

    /// <summary>Starts on a part of the work, which is <paramref name="length"/> bytes long.</summary>
    public Part Begin(int length) => new(this, length);

    private void Add(long bytes)
    {
        lock (_gate)
        {
            _done += bytes;
            target?.Report(_done);
        }
    }

    /// <summary>A part that one thread works on.</summary>
    public sealed class Part(ProgressMeter meter, int length)
    {
        private int _reported;

        /// <summary>The first <paramref name="done"/> of <paramref name="all"/> steps are done.</summary>
        public void Reach(long done, long all)
        {
            var upTo = (int)(length * done / all);
            if (upTo <= _reported)
                return;
            meter.Add(upTo - _reported);
            _reported = upTo;
        }
    }
}
