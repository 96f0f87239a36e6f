using Compressor.Concurrency;
using Compressor.Prediction;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>
/// Tokens ↔ payload: the model's probabilities, with or without mixing, meet the range coder. Encoder and decoder go
/// through the lanes in the same order: the first token of every lane, then the second of every lane, and so on.
/// </summary>
internal static class TokenCoder
{
    // With fewer lanes than this, a thread of its own costs more than it saves.
    private const int MinLanesPerThread = 2;

    private const int StepsPerReport = 256;

    /// <summary>Codes the tokens of a block.</summary>
    /// <param name="model">The predictor.</param>
    /// <param name="tokens">Ids of all tokens of the block.</param>
    /// <param name="layout">How they are dealt out to lanes.</param>
    /// <param name="mixing">How mixing is set up; null for none.</param>
    /// <param name="dictionary">What comes before every lane, and what mixing learns first; null for nothing.</param>
    /// <param name="threads">How many threads may work at the same time.</param>
    /// <param name="progress">Told how many of the tokens are done; null for none.</param>
    /// <param name="cancellation">Checked often.</param>
    /// <param name="observer">Shown the decisions of mixed tokens; null for none.</param>
    public static byte[] Encode(
        LanguageModel model,
        int[] tokens,
        LaneLayout layout,
        MixingParameters? mixing,
        DictionaryTokens? dictionary,
        int threads,
        ProgressMeter.Part? progress,
        CancellationToken cancellation,
        ITokenObserver? observer = null)
    {
        var encoder = new RangeEncoder();
        var length = 0;
        foreach (var token in tokens)
            length += model.Tokenizer.BytesOf(token).Length;
        using var mixer = Open(model, mixing, layout, length, dictionary, cancellation);
        using var windows = new LaneWindows(model, tokens, layout, whole: mixer is null);
        windows.Run(dictionary is null ? default : dictionary.Context, threads, Code, cancellation);
        return encoder.Finish().ToArray();

        void Code(int step)
        {
            for (var lane = 0; lane < layout.ActiveAt(step); lane++)
            {
                if (mixer is null)
                {
                    encoder.Encode(windows.IntervalOf(lane, step));
                    continue;
                }

                var coder = new DecisionCoding.Encoder(encoder, model.Vocabulary.RankOf(tokens[layout.StartOf(lane) + step]));
                var network = new DecisionCoding.Scored(windows.DecisionsOf(lane));
                DecisionCoding.CodeToken(mixer, lane, ref coder, ref network, observer);
                windows.Take(lane, network.Count);
            }

            if (step % StepsPerReport == 0)
                progress?.Reach(step, layout.Steps);
        }
    }

    /// <summary>Decodes the tokens of a block and hands them out in the order in which they were coded.</summary>
    /// <param name="model">The predictor.</param>
    /// <param name="payload">What <see cref="Encode"/> gave, or damage.</param>
    /// <param name="layout">How the tokens are dealt out to lanes.</param>
    /// <param name="mixing">How mixing is set up; null for none.</param>
    /// <param name="length">The most bytes of all tokens together.</param>
    /// <param name="dictionary">As given to the encoder.</param>
    /// <param name="threads">How many threads may share the lanes.</param>
    /// <param name="receive">Given each lane and token; may throw to stop.</param>
    /// <param name="progress">Told how many of the steps are done.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <param name="observer">Shown how each token was coded, one after the other; null for none.</param>
    /// <exception cref="InvalidDataException">The payload is not that of a message of these tokens.</exception>
    public static void Decode(
        LanguageModel model,
        ReadOnlyMemory<byte> payload,
        LaneLayout layout,
        MixingParameters? mixing,
        int length,
        DictionaryTokens? dictionary,
        int threads,
        Action<int, int> receive,
        ProgressMeter.Part progress,
        CancellationToken cancellation,
        ITokenObserver? observer = null)
    {
        var decoder = new RangeDecoder(payload);
        using var mixer = Open(model, mixing, layout, length, dictionary, cancellation);
        // Each thread runs the network for lanes of its own and then, when it is their turn, decodes their tokens: while one
        // thread has the mixing model and the decoder, the others are at the network.
        var share = Math.Max(MinLanesPerThread, (layout.Lanes + threads - 1) / threads);
        RoundRobinThreads.Run((layout.Lanes + share - 1) / share, worker =>
        {
            var first = worker.Index * share;
            var lanes = Math.Min(share, layout.Lanes - first);
            using var session = model.TokenModel.OpenSession(lanes);
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
                    observer?.Begin(layout.StartOf(first + lane) + step, session.Distribution(lane));
                    tokens[lane] = DecodeToken(model.Vocabulary, decoder, mixer, session.Distribution(lane), first + lane, observer);
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
    public static void DecodeTogether(LanguageModel model, ReadOnlySpan<SingleLaneDecoder> lanes, DictionaryTokens? dictionary, CancellationToken cancellation)
    {
        var tokens = new int[lanes.Length];
        using var session = model.TokenModel.OpenSession(lanes.Length);
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
                tokens[lane] = lanes[lane].DecodeNext(session.Distribution(lane), cancellation);
        }
    }

    /// <summary>
    /// The mixing model of a block; null for none. The dictionary is a lane of its own, and the others go on where that ends.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="mixing">How mixing is set up; null for none.</param>
    /// <param name="layout">The block's lanes.</param>
    /// <param name="length">The most bytes of all its tokens together.</param>
    /// <param name="dictionary">What is learned first; null for nothing.</param>
    /// <param name="cancellation">Checked while the dictionary is learned.</param>
    /// <param name="networks">Networks that predict; of the dictionary all say what the model does.</param>
    public static TokenMixingModel? Open(
        LanguageModel model,
        MixingParameters? mixing,
        LaneLayout layout,
        int length,
        DictionaryTokens? dictionary,
        CancellationToken cancellation,
        int networks = 1)
    {
        if (mixing is not { } parameters)
            return null;
        var (tree, shape, bits) = (model.Vocabulary, parameters.Shape, parameters.TableBits);
        if (dictionary is null)
            return new TokenMixingModel(tree, shape, bits, length, layout.Lanes, networks);

        var network = new DecisionCoding.Scored(dictionary.Decisions(cancellation));
        var mixer = new TokenMixingModel(tree, shape, bits, length + dictionary.Length, layout.Lanes + 1, networks);
        try
        {
            for (var i = 0; i < dictionary.Tokens.Length; i++)
            {
                if (i % StepsPerReport == 0)
                    cancellation.ThrowIfCancellationRequested();
                var known = new DecisionCoding.Known(tree.RankOf(dictionary.Tokens[i]));
                DecisionCoding.CodeToken(mixer, layout.Lanes, ref known, ref network);
            }
        }
        catch
        {
            mixer.Dispose();
            throw;
        }

        for (var lane = 0; lane < layout.Lanes; lane++)
            mixer.Continue(lane, layout.Lanes);
        return mixer;
    }

    /// <summary>Decodes the next token of a lane; returns its id.</summary>
    /// <param name="vocabulary">The tokens by rank.</param>
    /// <param name="decoder">Has the payload.</param>
    /// <param name="mixer">The block's; null for none.</param>
    /// <param name="distribution">What the network makes of the token.</param>
    /// <param name="lane">The lane's place in the block.</param>
    /// <param name="observer">Shown how the token was coded; null for none.</param>
    /// <exception cref="InvalidDataException">The payload is not that of a message of tokens.</exception>
    public static int DecodeToken(
        TokenTree vocabulary, RangeDecoder decoder, TokenMixingModel? mixer, TokenDistribution distribution, int lane, ITokenObserver? observer)
    {
        if (mixer is null)
        {
            var rank = distribution.Find(decoder.Quantile(), out var interval);
            decoder.Consume(interval);
            observer?.SeeInterval(interval);
            return vocabulary.IdOf(rank);
        }

        var coder = new DecisionCoding.Decoder(decoder);
        var network = new DecisionCoding.Distributed(distribution);
        return vocabulary.IdOf(DecisionCoding.CodeToken(mixer, lane, ref coder, ref network, observer));
    }

    /// <summary>Shows a session what comes before every lane.</summary>
    public static void ShowDictionary(ILaneSession session, int lanes, DictionaryTokens? dictionary, CancellationToken cancellation)
    {
        var tokens = new int[lanes];
        foreach (var token in dictionary is null ? [] : dictionary.Context.Span)
        {
            cancellation.ThrowIfCancellationRequested();
            tokens.AsSpan().Fill(token);
            session.Predict(lanes);
            session.Advance(tokens);
        }
    }
}
