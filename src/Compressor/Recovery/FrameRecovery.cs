using Compressor.Blocks;
using Compressor.Concurrency;

namespace Compressor.Recovery;

/// <summary>Decodes what can be decoded of damaged data, and puts zeros where content of known length is lost.</summary>
internal sealed class FrameRecovery
{
    /// <summary>
    /// Predicted content that may fail to decode, in bytes, and so much more for each byte of data. Damage by accident does not come near; data that was
    /// made to waste time does.
    /// </summary>
    private const int FreeFailedLength = 1 << 20;

    private const int FailedLengthPerByte = 16;

    private static readonly byte[] Zeros = new byte[1 << 16];

    private readonly RecoveryScan _scan;
    private readonly Stream _destination;
    private readonly LmzDecompressionOptions _options;
    private readonly FrameContent _frames = new();
    private readonly List<LmzDamage> _damages = [];
    private long _written;
    private readonly DecodingBudget _budget;
    private readonly long _maxFailedLength;
    private long _recovered;
    private long _failedLength;

    private FrameRecovery(RecoveryScan scan, long dataLength, Stream destination, LmzDecompressionOptions options)
    {
        _scan = scan;
        _budget = new DecodingBudget(options);
        _maxFailedLength = FreeFailedLength + (FailedLengthPerByte * dataLength);
        _destination = destination;
        _options = options;
    }

    public static LmzRecovery Run(
        Stream source, Stream destination, LmzDecompressionOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        var recovery = new FrameRecovery(new RecoveryScan(source, options, cancellation), source.Length, destination, options);
        recovery.Run(progress, cancellation);
        return new LmzRecovery(recovery._written, recovery._recovered, recovery._damages);
    }

    private void Run(IProgress<long>? progress, CancellationToken cancellation)
    {
        var meter = new ProgressMeter(progress);
        OrderedPipeline.Run(
            Read(),
            (work, threads, stop) => Decode(work.Item, work.Block, work.Reason, threads, meter, stop),
            result => Write(result.Item, result.Block, result.Decoded, result.Reason),
            _options.ThreadCount,
            cancellation);
    }

    private IEnumerable<(RecoveryItem Item, BlockDecoder? Block, string? Reason)> Read()
    {
        foreach (var item in _scan.Items())
        {
            var reason = item.Reason;
            var block = reason is null ? _scan.TryRead(item, out reason) : null;
            if (block is not null)
                _budget.AddWork(block.Source);
            yield return (item, block, reason);
        }
    }

    private (RecoveryItem Item, BlockDecoder? Block, DecodedBlock? Decoded, string? Reason) Decode(
        RecoveryItem item, BlockDecoder? block, string? reason, int threads, ProgressMeter meter, CancellationToken cancellation)
    {
        if (block is null || IsNotTried(block))
            return (item, block, null, reason);
        try
        {
            return (item, block, block.DecodeUnlocated(threads, meter, cancellation), null);
        }
        catch (InvalidDataException e)
        {
            return (item, block, null, e.Message);
        }
    }

    /// <summary>Whether so much could not be decoded that what takes long is not tried any more.</summary>
    private bool IsNotTried(BlockDecoder block) =>
        block.Coded.Header.IsPredicted && Interlocked.Read(ref _failedLength) > _maxFailedLength;

    private void Write(RecoveryItem item, BlockDecoder? block, DecodedBlock? decoded, string? reason)
    {
        // Other threads may have tried it by now, but what comes out does not depend on them.
        if (block is not null && IsNotTried(block))
            (decoded, reason) = (null, "not tried, as too much before it could not be decoded");
        else if (decoded is null && block is { Coded.Header: { IsPredicted: true } header })
            Interlocked.Add(ref _failedLength, header.ContentLength);
        var content = decoded is null ? null : Complete(decoded, out reason);
        if (content is null)
            _frames.Lose(item.Frame, item.ContentLength);
        var length = content?.Length ?? item.ContentLength ?? 0;
        if (length > _options.MaxContentLength - _written)
            throw DecodingBudget.TooMuchContent(_options, item.Offset);
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

    /// <summary>The content of a block; null if it repeats something that is lost.</summary>
    private byte[]? Complete(DecodedBlock block, out string? reason)
    {
        try
        {
            reason = null;
            return _frames.NextUnlocated(block);
        }
        catch (InvalidDataException e)
        {
            reason = e.Message;
            return null;
        }
    }
}
