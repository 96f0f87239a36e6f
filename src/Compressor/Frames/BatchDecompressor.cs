using Compressor.Blocks;
using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Payload;

namespace Compressor.Frames;

/// <summary>
/// Decompresses many records at once. Short blocks of tokens, which have one lane each, are decoded in groups of about equal length,
/// so that a step of the network serves a whole group; other blocks one by one. Threads share the groups and the blocks.
/// </summary>
internal sealed class BatchDecompressor
{
    /// <summary>With more a step gets hardly cheaper for each (docs/performance.md), and each has a memory, for which the caches are small.</summary>
    private const int MaxLanes = 8;

    /// <summary>
    /// The encoder gives longer blocks more lanes. Data that says otherwise is decoded by itself: a lane takes up to 128 MB of memory.
    /// </summary>
    private const int MaxTokens = 1 << 14;

    private const int MaxTableBits = 20;

    private readonly LmzDecompressionOptions _options;
    private readonly int _threads;
    private readonly CancellationToken _cancellation;
    private readonly ProgressMeter _meter = new(null);

    private BatchDecompressor(LmzDecompressionOptions options, CancellationToken cancellation)
    {
        _options = options;
        _threads = options.ThreadCount;
        _cancellation = cancellation;
    }

    /// <summary>The content of each record, or what is wrong with it.</summary>
    public static (byte[]? Content, Exception? Error)[] Run(
        IReadOnlyList<ReadOnlyMemory<byte>> records, LmzDecompressionOptions options, CancellationToken cancellation)
    {
        var batch = new BatchDecompressor(options, cancellation);
        var parsed = records.Select(batch.Parse).ToArray();
        batch.Decode([.. parsed.SelectMany(record => record.Parts)]);
        return [.. parsed.Select(record => record.Result())];
    }

    private Record Parse(ReadOnlyMemory<byte> data)
    {
        _cancellation.ThrowIfCancellationRequested();
        var parts = new List<Part>();
        try
        {
            foreach (var block in FrameDecompressor.ReadBlocks(new FrameReader(data), _options))
                parts.Add(new Part(block));
            return new Record(parts, null);
        }
        catch (Exception e) when (e is InvalidDataException or ModelNotFoundException or DictionaryNotFoundException)
        {
            return new Record(parts, e);
        }
    }

    private void Decode(Part[] parts)
    {
        // A block that is more than a thread's share of the whole gets all threads, where its lanes can use them.
        var share = parts.Sum(part => (long)part.Length) / _threads;
        var work = new List<(long Length, Action Run)>();
        foreach (var part in parts.Where(part => !part.IsShort))
        {
            if (part.Length > share)
                part.Decode(_threads, _meter, _cancellation);
            else
                work.Add((part.Length, () => part.Decode(1, _meter, _cancellation)));
        }

        foreach (var alike in parts.Where(part => part.IsShort).GroupBy(part => (part.Job.Model, part.Job.Dictionary)))
        {
            Part[] sorted = [.. alike.OrderByDescending(part => part.Job.Coded.Header.Tokens)];
            foreach (var group in sorted.Chunk(LanesFor(sorted.Length)))
                work.Add((group.Sum(part => (long)part.Length), () => DecodeTogether(group)));
        }

        LongestJobFirst.Run(work, item => item.Length, item => item.Run(), _threads, _cancellation);
    }

    /// <summary>As many groups for each thread, and as few.</summary>
    private int LanesFor(int parts)
    {
        var rounds = (parts + (MaxLanes * _threads) - 1) / (MaxLanes * _threads);
        return (parts + (rounds * _threads) - 1) / (rounds * _threads);
    }

    private void DecodeTogether(Part[] group)
    {
        var (model, dictionary) = (group[0].Job.Model!, group[0].Job.Dictionary?.For(group[0].Job.Model!));
        TokenTextBuilder[] texts = [.. group.Select(part => new TokenTextBuilder(model.Tokenizer, 1, part.Job.Coded.Header.ContentLength))];
        SingleLaneDecoder[] lanes = [.. group.Select((part, i) => new SingleLaneDecoder(model, part.Job.Coded, dictionary, texts[i]))];
        try
        {
            TokenCoder.DecodeTogether(model, lanes, dictionary, _cancellation);
        }
        finally
        {
            foreach (var lane in lanes)
                lane.Dispose();
        }

        for (var i = 0; i < group.Length; i++)
            group[i].Finish(texts[i], lanes[i].Error);
    }

    /// <summary>A record's blocks, and what is wrong after them.</summary>
    private sealed record Record(List<Part> Parts, Exception? Error)
    {
        public (byte[]? Content, Exception? Error) Result()
        {
            var error = Parts.Find(part => part.Error is not null)?.Error ?? Error;
            if (error is not null)
                return (null, error);
            try
            {
                var frames = new FrameContent();
                if (Parts is [var only])
                    return (frames.Next(only.Decoded!), null);
                using var content = new MemoryStream(Parts.Sum(part => part.Length));
                foreach (var part in Parts)
                    content.Write(frames.Next(part.Decoded!));
                return (content.ToArray(), null);
            }
            catch (InvalidDataException e)
            {
                return (null, e);
            }
        }
    }

    /// <summary>A block of a record, and what became of it.</summary>
    private sealed class Part(BlockDecoder job)
    {
        public BlockDecoder Job => job;

        /// <summary>The length of its content in bytes.</summary>
        public int Length => job.Source.Block.Header.ContentLength;

        public bool IsShort =>
            job.Coded.Header is { HasTokens: true, Learning: null, Lanes: 1, Tokens: < MaxTokens, Mixing: null or { TableBits: <= MaxTableBits } };

        public DecodedBlock? Decoded { get; private set; }

        public InvalidDataException? Error { get; private set; }

        public void Decode(int threads, ProgressMeter meter, CancellationToken cancellation)
        {
            try
            {
                Decoded = job.Decode(threads, meter, cancellation);
            }
            catch (InvalidDataException e)
            {
                Error = e;
            }
        }

        /// <summary>Takes what was decoded elsewhere.</summary>
        public void Finish(TokenTextBuilder text, InvalidDataException? error)
        {
            try
            {
                Decoded = job.Finish(text, error);
            }
            catch (InvalidDataException e)
            {
                Error = e;
            }
        }
    }
}
