using Compressor.Concurrency;
using Compressor.Container;
using Compressor.Prediction.Networks.Learning;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>
/// Tokens ↔ payload as <see cref="TokenCoder"/> has it, with a second network, which starts as a copy of the model and learns while it codes. Both are
/// inputs of mixing.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="layout">How the tokens are dealt out to lanes.</param>
/// <param name="mixing">How mixing is set up.</param>
/// <param name="learning">How the second network learns.</param>
/// <param name="dictionary">What comes before every lane, and what is learned first; null for nothing.</param>
/// <param name="threads">How many threads may work; nothing depends on it.</param>
/// <param name="progress">Told how many of the steps are done; null for none.</param>
/// <param name="cancellation">Checked often.</param>
internal sealed class LearningCoder(
    LanguageModel model,
    LaneLayout layout,
    MixingParameters mixing,
    LearningHeader learning,
    DictionaryTokens? dictionary,
    int threads,
    ProgressMeter.Part? progress,
    CancellationToken cancellation)
{
    private const int Networks = 2, StepsPerReport = 64;

    /// <summary>Whether a model can learn, as it is run here.</summary>
    public static bool CanLearn(LanguageModel model) => model.TokenModel.CanLearn;

    /// <summary>Codes the tokens of a block.</summary>
    /// <param name="tokens">Ids of all tokens of the block.</param>
    /// <exception cref="InvalidDataException">Learning leads the weights out of the numbers.</exception>
    public byte[] Encode(int[] tokens)
    {
        var encoder = new RangeEncoder();
        var length = 0;
        foreach (var token in tokens)
            length += model.Tokenizer.BytesOf(token).Length;
        using var mixer = TokenCoder.Open(model, mixing, layout, length, dictionary, cancellation, Networks)!;
        using var windows = new LaneWindows(model, tokens, layout, whole: false);
        var learner = Open(out var newest);
        var inputs = new int[learner.Room];
        windows.Run(dictionary is null ? default : dictionary.Context, threads, Code, cancellation);
        return encoder.Finish().ToArray();

        void Code(int step)
        {
            if (step % learning.Steps == 0)
                Run(step);
            for (var lane = 0; lane < layout.ActiveAt(step); lane++)
            {
                var rank = model.Vocabulary.RankOf(tokens[layout.StartOf(lane) + step]);
                var coder = new DecisionCoding.Encoder(encoder, rank);
                var network = new DecisionCoding.Learned(learner.Next(), windows.DecisionsOf(lane));
                DecisionCoding.CodeToken(mixer, lane, ref coder, ref network);
                windows.Take(lane, network.Count);
                learner.Tell(rank);
            }

            if (step % StepsPerReport == 0)
                progress?.Reach(step, layout.Steps);
        }

        // All rows of a step at once.
        void Run(int first)
        {
            var rows = 0;
            for (var step = first; step < Math.Min(first + learning.Steps, layout.Steps); step++)
            {
                for (var lane = 0; lane < layout.ActiveAt(step); lane++)
                    inputs[rows++] = step == 0 ? newest[lane] : tokens[layout.StartOf(lane) + step - 1];
            }

            learner.Run(inputs.AsSpan(0, rows));
        }
    }

    /// <summary>Decodes the tokens of a block and hands them out in the order in which they were coded.</summary>
    /// <param name="payload">What <see cref="Encode"/> gave, or damage.</param>
    /// <param name="length">The most bytes of all tokens together.</param>
    /// <param name="receive">Given each lane and token; may throw to stop.</param>
    /// <param name="observer">Shown how each token was coded; null for none.</param>
    /// <exception cref="InvalidDataException">The payload is not that of a message of these tokens.</exception>
    public void Decode(ReadOnlyMemory<byte> payload, int length, Action<int, int> receive, ITokenObserver? observer)
    {
        var decoder = new RangeDecoder(payload);
        using var mixer = TokenCoder.Open(model, mixing, layout, length, dictionary, cancellation, Networks)!;
        using var session = model.TokenModel.OpenSession(layout.Lanes);
        TokenCoder.ShowDictionary(session, layout.Lanes, dictionary, cancellation);
        var learner = Open(out var newest);
        for (var step = 0; step < layout.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var active = layout.ActiveAt(step);
            if (step > 0)
                session.Advance(newest.AsSpan(0, active));
            Parallel.Invoke(
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => session.Predict(active),
                () => learner.Run(newest.AsSpan(0, active)));
            for (var lane = 0; lane < active; lane++)
            {
                var distribution = learner.Next();
                observer?.Begin(layout.StartOf(lane) + step, distribution);
                var coder = new DecisionCoding.Decoder(decoder);
                var network = new DecisionCoding.Paired(distribution, session.Distribution(lane));
                var rank = DecisionCoding.CodeToken(mixer, lane, ref coder, ref network, observer);
                newest[lane] = model.Vocabulary.IdOf(rank);
                receive(lane, newest[lane]);
                observer?.End(newest[lane]);
                learner.Tell(rank);
            }

            if (step % StepsPerReport == 0)
                progress?.Reach(step, layout.Steps);
        }

        decoder.Finish();
    }

    /// <summary>The network that learns, which has learned the dictionary.</summary>
    /// <param name="newest">[lanes] the token that each lane has newest.</param>
    private LearningSession Open(out int[] newest)
    {
        var scale = 1f / (1 << LearningHeader.RateBits);
        var settings = new LearningSettings(learning.Steps, learning.Rate * scale, learning.TableRate * scale);
        var learner = new LearningSession(model.TokenModel.OpenLearner(layout.Lanes, settings, threads), model.TokenModel.VocabularySize);
        newest = new int[layout.Lanes];
        newest.AsSpan().Fill(model.TokenModel.StartToken);
        if (dictionary is not null)
            Teach(learner, newest, dictionary.Tokens);
        return learner;
    }

    /// <summary>
    /// Whole steps of the dictionary, dealt out to the lanes like content; of each lane's slice what comes first is left out, so that a step ends with it.
    /// </summary>
    private void Teach(LearningSession learner, int[] newest, int[] tokens)
    {
        var slices = new LaneLayout(tokens.Length, layout.Lanes);
        var steps = tokens.Length / layout.Lanes / learning.Steps * learning.Steps;
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            learner.Run(newest);
            for (var lane = 0; lane < layout.Lanes; lane++)
            {
                newest[lane] = tokens[slices.StartOf(lane + 1) - steps + step];
                learner.Next();
                learner.Tell(model.Vocabulary.RankOf(newest[lane]));
            }
        }
    }
}
