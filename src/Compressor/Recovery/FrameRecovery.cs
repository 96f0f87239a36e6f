using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;

namespace Compressor.Recovery;

/// <summary>Decodes what can be decoded of damaged data, and puts zeros where content of known length is lost.</summary>
internal sealed class FrameRecovery
{
    private static readonly byte[] Zeros = new byte[1 << 16];

    private readonly RecoveryScan _scan;
    private readonly Stream _destination;
    private readonly LmzDecompressionOptions _options;
    private readonly List<LmzDamage> _damages = [];
    private long _written;
    private long _recovered;

    private FrameRecovery(RecoveryScan scan, Stream destination, LmzDecompressionOptions options)
    {
        _scan = scan;
        _destination = destination;
        _options = options;
    }

    public static LmzRecovery Run(
        Stream source, Stream destination, LmzDecompressionOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        var recovery = new FrameRecovery(new RecoveryScan(source, options, cancellation), destination, options);
        recovery.Run(progress, cancellation);
        return new LmzRecovery(recovery._written, recovery._recovered, recovery._damages);
    }

    private void Run(IProgress<long>? progress, CancellationToken cancellation)
    {
        var meter = new ProgressMeter(progress);
        var threads = ThreadCount.Of(_options.Threads);
        OrderedPipeline.Run(
            _scan.Items().Select(item => (Item: item, Job: JobOf(item, out var reason), Reason: reason)),
            (work, stop) => Decode(work.Item, work.Job, work.Reason, threads, meter, stop),
            result => Write(result.Item, result.Content, result.Reason),
            threads,
            cancellation);
    }

    private DecodableBlock? JobOf(RecoveryItem item, out string? reason)
    {
        reason = item.Reason;
        if (reason is not null)
            return null;
        try
        {
            return DecodableBlock.For(_scan.Read(item), 0, _options);
        }
        catch (Exception e) when (e is InvalidDataException or ModelNotFoundException or DictionaryNotFoundException)
        {
            reason = e.Message;
            return null;
        }
    }

    private static (RecoveryItem Item, byte[]? Content, string? Reason) Decode(
        RecoveryItem item, DecodableBlock? job, string? reason, int threads, ProgressMeter meter, CancellationToken cancellation)
    {
        if (job is null)
            return (item, null, reason);
        try
        {
            return (item, job.Decode(threads, meter, cancellation), null);
        }
        catch (InvalidDataException e)
        {
            return (item, null, e.InnerException?.Message ?? e.Message);
        }
    }

    private void Write(RecoveryItem item, byte[]? content, string? reason)
    {
        var length = content?.Length ?? item.ContentLength ?? 0;
        if (length > _options.MaxContentLength - _written)
            throw FormatReader.Invalid($"there is more content than the {_options.MaxContentLength} bytes that are accepted", item.Offset);
        if (content is not null)
        {
            _destination.Write(content);
            _recovered += length;
        }
        else
        {
            _damages.Add(new LmzDamage(item.Offset, item.Length, _written, item.ContentLength, reason!));
            for (var left = length; left > 0; left -= Zeros.Length)
                _destination.Write(Zeros.AsSpan(0, Math.Min(left, Zeros.Length)));
        }

        _written += length;
    }
}
