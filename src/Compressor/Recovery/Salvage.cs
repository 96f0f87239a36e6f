using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;

namespace Compressor.Recovery;

/// <summary>Decodes what can be decoded of damaged data, and puts zeros where content of known length is lost.</summary>
internal sealed class Salvage
{
    private static readonly byte[] Zeros = new byte[1 << 16];

    private readonly SalvageScan _scan;
    private readonly Stream _destination;
    private readonly LmzDecompressionOptions _options;
    private readonly List<LmzDamage> _damages = [];
    private long _written;
    private long _recovered;

    private Salvage(SalvageScan scan, Stream destination, LmzDecompressionOptions options)
    {
        _scan = scan;
        _destination = destination;
        _options = options;
    }

    public static LmzRecovery Run(
        Stream source, Stream destination, LmzDecompressionOptions options, IProgress<long>? progress, CancellationToken cancellation)
    {
        var salvage = new Salvage(new SalvageScan(source, options, cancellation), destination, options);
        salvage.Run(progress, cancellation);
        return new LmzRecovery(salvage._written, salvage._recovered, salvage._damages);
    }

    private void Run(IProgress<long>? progress, CancellationToken cancellation)
    {
        var meter = new ProgressMeter(progress);
        var threads = ThreadCount.Of(_options.Threads);
        OrderedPipeline.Run(
            _scan.Pieces().Select(piece => (Piece: piece, Job: JobOf(piece, out var reason), Reason: reason)),
            (item, stop) => Decode(item.Piece, item.Job, item.Reason, threads, meter, stop),
            result => Write(result.Piece, result.Content, result.Reason),
            threads,
            cancellation);
    }

    private DecodingJob? JobOf(SalvagePiece piece, out string? reason)
    {
        reason = piece.Reason;
        if (reason is not null)
            return null;
        try
        {
            return DecodingJob.For(_scan.Read(piece), 0, _options);
        }
        catch (Exception e) when (e is InvalidDataException or ModelNotFoundException or PrimeNotFoundException)
        {
            reason = e.Message;
            return null;
        }
    }

    private static (SalvagePiece Piece, byte[]? Content, string? Reason) Decode(
        SalvagePiece piece, DecodingJob? job, string? reason, int threads, ProgressMeter meter, CancellationToken cancellation)
    {
        if (job is null)
            return (piece, null, reason);
        try
        {
            return (piece, job.Decode(threads, meter, cancellation), null);
        }
        catch (InvalidDataException e)
        {
            return (piece, null, e.InnerException?.Message ?? e.Message);
        }
    }

    private void Write(SalvagePiece piece, byte[]? content, string? reason)
    {
        var length = content?.Length ?? piece.ContentLength ?? 0;
        if (length > _options.MaxContentLength - _written)
            throw FormatReader.Invalid($"there is more content than the {_options.MaxContentLength} bytes that are accepted", piece.Offset);
        if (content is not null)
        {
            _destination.Write(content);
            _recovered += length;
        }
        else
        {
            _damages.Add(new LmzDamage(piece.Offset, piece.Length, _written, piece.ContentLength, reason!));
            for (var left = length; left > 0; left -= Zeros.Length)
                _destination.Write(Zeros.AsSpan(0, Math.Min(left, Zeros.Length)));
        }

        _written += length;
    }
}
