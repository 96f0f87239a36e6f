namespace Compressor.Concurrency;

/// <summary>Adds up what several threads have done and reports the sum, one report at a time.</summary>
/// <remarks>
/// No lock is held during a report: while one thread reports, the others only add to the sum and go on, and the first then reports
/// again what it has become. So reports never decrease, and the last is complete once all threads have returned.
/// </remarks>
internal sealed class ProgressMeter(IProgress<long>? target)
{
    private readonly Lock _gate = new();
    private long _done;
    private bool _isReporting;

    /// <summary>Starts on a part of the work, which is <paramref name="length"/> bytes long.</summary>
    public Part Begin(int length) => new(this, length);

    private void Add(int count)
    {
        lock (_gate)
        {
            _done += count;
            if (target is null || _isReporting)
                return;
            _isReporting = true;
        }

        long reported = 0;
        while (StillToReport(reported) is { } sum)
        {
            try
            {
                target.Report(sum);
                reported = sum;
            }
            catch
            {
                lock (_gate)
                    _isReporting = false;
                throw;
            }
        }
    }

    /// <summary>What has become of the sum since <paramref name="reported"/>; null, and an end of reporting, for nothing.</summary>
    private long? StillToReport(long reported)
    {
        lock (_gate)
        {
            _isReporting = _done > reported;
            return _isReporting ? _done : null;
        }
    }

    /// <summary>A part of the work.</summary>
    public sealed class Part(ProgressMeter meter, int length)
    {
        private readonly Lock _gate = new();
        private int _reached;

        /// <summary>So many steps of <paramref name="all"/> are done. May be called by several threads.</summary>
        public void Reach(long done, long all)
        {
            int more;
            lock (_gate)
            {
                var upTo = (int)(length * done / all);
                more = upTo - _reached;
                if (more <= 0)
                    return;
                _reached = upTo;
            }

            meter.Add(more);
        }
    }
}
