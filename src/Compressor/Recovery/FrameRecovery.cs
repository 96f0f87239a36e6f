using Compressor.Blocks;
using Compressor.Concurrency;

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
        OrderedPipeline.Run(
            Read(),
            (work, threads, stop) => Decode(work.Item, work.Block, work.Reason, threads, meter, stop),
            result => Write(result.Item, result.Content, result.Reason),
            _options.ThreadCount,
            cancellation);
    }

    private IEnumerable<(RecoveryItem Item, DecodableBlock? Block, string? Reason)> Read()
    {
        foreach (var item in _scan.Items())
        {
            var reason = item.Reason;
            var block = reason is null ? _scan.TryRead(item, out reason) : null;
            yield return (item, block, reason);
        }
    }

    private static (RecoveryItem Item, byte[]? Content, string? Reason) Decode(
        RecoveryItem item, DecodableBlock? block, string? reason, int threads, ProgressMeter meter, CancellationToken cancellation)
    {
        if (block is null)
            return (item, null, reason);
        try
        {
            return (item, block.DecodeUnlocated(threads, meter, cancellation), null);
        }
        catch (InvalidDataException e)
        {
            return (item, null, e.Message);
        }
    }

    private void Write(RecoveryItem item, byte[]? content, string? reason)
    {
        var length = content?.Length ?? item.ContentLength ?? 0;
        if (length > _options.MaxContentLength - _written)
            throw DecodableBlock.TooMuchContent(_options, item.Offset);
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
