using Compressor.Concurrency;
using Compressor.Prediction;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>
/// Tokens ↔ payload: the model's probabilities, with or without memory, meet the range coder. Encoder and decoder go
/// through the lanes in the same order: the first token of every lane, then the second of every lane, and so on.
/// </summary>
internal static class TokenCoder
{
    // With fewer lanes than this, a thread of its own costs more than it saves.
    private const int MinLanesPerThread = 2;

    private const int StepsPerReport = 256;

    /// <summary>Codes the tokens of a block.</summary>
    /// <param name="model">The predictor.</param>
    /// <param name="tokens">All tokens of the block.</param>
    /// <param name="layout">How they are dealt out to lanes.</param>
    /// <param name="memoryBits">Size of the memory; 0 for none.</param>
    /// <param name="dictionary">What comes before every lane, and what the memory learns first; null for nothing.</param>
    /// <param name="threads">How many lanes may be scored at the same time.</param>
    /// <param name="progress">Told how many of the tokens are done; null for none.</param>
    /// <param name="cancellation">Checked often.</param>
    public static byte[] Encode(
        ITokenModel model,
        int[] tokens,
        LaneLayout layout,
        int memoryBits,
        DictionaryTokens? dictionary,
        int threads,
        ProgressMeter.Part? progress,
        CancellationToken cancellation)
    {
        var bits = memoryBits == 0 ? 0 : TokenPath.Bits(model.VocabularySize);
        var intervals = new Interval[memoryBits == 0 ? tokens.Length : 0];
        // [tokens, bits]: 17 MB of a block of 2 MiB, given back at once and not when the garbage collector gets to it.
        using var decisions = new ZeroedArray<ushort>((long)tokens.Length * bits);
        var scored = 0;
        Parallel.For(0, layout.Lanes, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, lane =>
        {
            var (start, end) = (layout.StartOf(lane), layout.StartOf(lane + 1));
            ScoreLane(
                model,
                dictionary is null ? [] : dictionary.Context,
                tokens.AsSpan(start..end),
                memoryBits == 0 ? intervals.AsSpan(start..end) : [],
                decisions.Span[(start * bits)..(end * bits)],
                cancellation);
            progress?.Reach(Interlocked.Add(ref scored, end - start), tokens.Length + 1L); // what is left to do is quick
        });

        var encoder = new RangeEncoder();
        using var memory = memoryBits == 0 ? null : OpenMemory(bits, layout, memoryBits, dictionary, cancellation);
        for (var step = 0; step < layout.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var lane = 0; lane < layout.ActiveAt(step); lane++)
            {
                var i = layout.StartOf(lane) + step;
                if (memory is null)
                    encoder.Encode(intervals[i]);
                else
                    Encode(encoder, memory, lane, tokens[i], decisions.Span.Slice(i * bits, bits));
            }
        }

        return encoder.Finish().ToArray();
    }

    /// <summary>Decodes the tokens of a block and hands them out in the order in which they were coded.</summary>
    /// <param name="model">The predictor.</param>
    /// <param name="payload">What <see cref="Encode(ITokenModel, int[], LaneLayout, int, DictionaryTokens?, int, ProgressMeter.Part?, CancellationToken)"/> gave, or damage.</param>
    /// <param name="layout">How the tokens are dealt out to lanes.</param>
    /// <param name="memoryBits">Size of the memory; 0 for none.</param>
    /// <param name="dictionary">As given to the encoder.</param>
    /// <param name="threads">How many threads may share the lanes.</param>
    /// <param name="receive">Given each lane and token; may throw to stop.</param>
    /// <param name="progress">Told how many of the steps are done.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <param name="observer">Shown how each token was coded, one after the other; null for none.</param>
    /// <exception cref="InvalidDataException">The payload is not that of a message of these tokens.</exception>
    public static void Decode(
        ITokenModel model,
        ReadOnlyMemory<byte> payload,
        LaneLayout layout,
        int memoryBits,
        DictionaryTokens? dictionary,
        int threads,
        Action<int, int> receive,
        ProgressMeter.Part progress,
        CancellationToken cancellation,
        ITokenObserver? observer = null)
    {
        var bits = TokenPath.Bits(model.VocabularySize);
        var decoder = new RangeDecoder(payload);
        using var memory = memoryBits == 0 ? null : OpenMemory(bits, layout, memoryBits, dictionary, cancellation);
        // Each thread runs the network for lanes of its own and then, when it is their turn, decodes their tokens: while one
        // thread has the memory and the decoder, the others are at the network.
        var share = Math.Max(MinLanesPerThread, (layout.Lanes + threads - 1) / threads);
        RoundRobinThreads.Run((layout.Lanes + share - 1) / share, worker =>
        {
            var first = worker.Index * share;
            var lanes = Math.Min(share, layout.Lanes - first);
            using var session = model.OpenSession(lanes);
            var tokens = new int[share];
            ShowDictionary(session, lanes, dictionary, cancellation);
            for (var step = 0; step < layout.Steps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                var active = Math.Clamp(layout.ActiveAt(step) - first, 0, share);
                if (step > 0)
                    session.Advance(tokens.AsSpan(0, active));
                if (active > 0)
                    session.Predict(active);
                if (!worker.AwaitTurn())
                    return;
                for (var lane = 0; lane < active; lane++)
                {
                    observer?.Begin(layout.StartOf(first + lane) + step, lane, session);
                    tokens[lane] = Decode(decoder, memory, session, lane, first + lane, model.VocabularySize, observer);
                    receive(first + lane, tokens[lane]);
                    observer?.End(tokens[lane]);
                }

                if (first == 0 && step % StepsPerReport == 0)
                    progress.Reach(step, layout.Steps);
                worker.PassTurn();
            }
        });
        decoder.Finish();
    }

    /// <summary>Decodes the tokens of several blocks of one lane each, side by side: a step of the network serves them all.</summary>
    /// <param name="model">The predictor.</param>
    /// <param name="lanes">The lanes, at least one, the longest first.</param>
    /// <param name="dictionary">As given to the encoder of each.</param>
    /// <param name="cancellation">Checked at every step.</param>
    public static void DecodeTogether(ITokenModel model, ReadOnlySpan<SingleLaneDecoder> lanes, DictionaryTokens? dictionary, CancellationToken cancellation)
    {
        var tokens = new int[lanes.Length];
        using var session = model.OpenSession(lanes.Length);
        ShowDictionary(session, lanes.Length, dictionary, cancellation);
        for (var (step, active) = (0, lanes.Length); ; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            while (active > 0 && lanes[active - 1].Tokens == step)
                active--;
            if (active == 0)
                return;
            if (step > 0)
                session.Advance(tokens.AsSpan(0, active));
            session.Predict(active);
            for (var lane = 0; lane < active; lane++)
                tokens[lane] = lanes[lane].DecodeNext(session, lane, cancellation);
        }
    }

    /// <summary>Shows a session what comes before every lane.</summary>
    private static void ShowDictionary(ILaneSession session, int lanes, DictionaryTokens? dictionary, CancellationToken cancellation)
    {
        var tokens = new int[lanes];
        foreach (var token in dictionary is null ? [] : dictionary.Context)
        {
            cancellation.ThrowIfCancellationRequested();
            tokens.AsSpan().Fill(token);
            session.Predict(lanes);
            session.Advance(tokens);
        }
    }

    /// <summary>Scores a lane that comes after a context.</summary>
    private static void ScoreLane(
        ITokenModel model,
        ReadOnlySpan<int> context,
        ReadOnlySpan<int> tokens,
        Span<Interval> intervals,
        Span<ushort> decisions,
        CancellationToken cancellation)
    {
        if (context.IsEmpty)
        {
            model.Score(tokens, intervals, decisions, cancellation);
            return;
        }

        var bits = decisions.Length / tokens.Length;
        var allIntervals = new Interval[intervals.IsEmpty ? 0 : context.Length + tokens.Length];
        var allDecisions = new ushort[decisions.IsEmpty ? 0 : (context.Length + tokens.Length) * bits];
        model.Score([.. context, .. tokens], allIntervals, allDecisions, cancellation);
        allIntervals.AsSpan(allIntervals.Length - intervals.Length).CopyTo(intervals);
        allDecisions.AsSpan(allDecisions.Length - decisions.Length).CopyTo(decisions);
    }

    /// <summary>
    /// The memory of a block. The dictionary is a lane of its own, and the others go on where that ends.
    /// </summary>
    public static TokenMemory OpenMemory(int bits, LaneLayout layout, int memoryBits, DictionaryTokens? dictionary, CancellationToken cancellation)
    {
        if (dictionary is null)
            return new TokenMemory(bits, layout.Lanes, layout.Steps, memoryBits);

        var decisions = dictionary.Decisions(cancellation);
        var memory = new TokenMemory(bits, layout.Lanes + 1, Math.Max(layout.Steps, dictionary.Tokens.Length), memoryBits);
        try
        {
            Learn(memory, layout.Lanes, dictionary.Tokens, decisions, cancellation);
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        for (var lane = 0; lane < layout.Lanes; lane++)
            memory.Continue(lane, layout.Lanes);
        return memory;
    }

    private static void Learn(TokenMemory memory, int lane, int[] tokens, ReadOnlySpan<ushort> decisions, CancellationToken cancellation)
    {
        var bits = decisions.Length / tokens.Length;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (i % StepsPerReport == 0)
                cancellation.ThrowIfCancellationRequested();
            memory.Begin(lane);
            for (var depth = 0; depth < bits; depth++)
            {
                memory.Predict(decisions[(i * bits) + depth]);
                memory.Update((tokens[i] >> (bits - 1 - depth)) & 1);
            }

            memory.End(tokens[i]);
        }
    }

    private static void Encode(RangeEncoder encoder, TokenMemory memory, int lane, int token, ReadOnlySpan<ushort> decisions)
    {
        memory.Begin(lane);
        for (var i = 0; i < decisions.Length; i++)
        {
            var bit = (token >> (decisions.Length - 1 - i)) & 1;
            encoder.EncodeBit(bit, memory.Predict(decisions[i]));
            memory.Update(bit);
        }

        memory.End(token);
    }

    /// <summary>Decodes the next token of a lane.</summary>
    /// <param name="decoder">Has the payload.</param>
    /// <param name="memory">The block's; null for none.</param>
    /// <param name="session">Has predicted the token.</param>
    /// <param name="sessionLane">The lane's place there.</param>
    /// <param name="lane">Its place in the block.</param>
    /// <param name="vocabularySize">Tokens of the model.</param>
    /// <param name="observer">Shown how the token was coded; null for none.</param>
    /// <exception cref="InvalidDataException">The payload is not that of a message of tokens.</exception>
    public static int Decode(
        RangeDecoder decoder, TokenMemory? memory, ILaneSession session, int sessionLane, int lane, int vocabularySize, ITokenObserver? observer)
    {
        int token;
        if (memory is null)
        {
            token = session.Find(sessionLane, decoder.Quantile(), out var interval);
            decoder.Consume(interval);
            observer?.SeeInterval(interval);
            return token;
        }

        memory.Begin(lane);
        token = 0;
        for (var i = TokenPath.Bits(vocabularySize); i > 0; i--)
        {
            var modelled = session.DecisionProbability(sessionLane);
            var coded = memory.Predict(modelled);
            var bit = decoder.DecodeBit(coded);
            memory.Update(bit);
            observer?.SeeDecision(bit, coded, modelled);
            session.Decide(sessionLane, bit);
            token = (2 * token) + bit;
        }

        if (token >= vocabularySize)
            throw new InvalidDataException($"there is no token {token}");
        memory.End(token);
        return token;
    }
}
