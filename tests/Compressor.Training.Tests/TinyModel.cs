namespace Compressor.Training.Tests;

/// <summary>A recipe that trains in a second or two.</summary>
internal static class TinyModel
{
    public static TrainingRecipe Recipe { get; } = new()
    {
        Name = "tiny",
        Config = new ModelConfig
        {
            VocabularySize = 288,
            HiddenSize = 64,
            Layers = 2,
            Heads = 2,
            KeyValueHeads = 1,
            HeadSize = 32,
            IntermediateSize = 64,
            Window = 32,
            NgramBuckets = 256,
        },
        SequenceLength = 32,
        Sequences = 4,
        LearningRate = 1e-2,
        WarmupSteps = 5,
    };

    /// <summary>A text with structure to learn: rhyme-like lines in pseudo-random order.</summary>
    public static string Text(int lines)
    {
        string[] subjects = ["the cat", "a dog", "my old aunt", "the miller", "one crow"];
        string[] verbs = ["sat on", "ran from", "looked at", "forgot", "painted"];
        string[] objects = ["the mat", "a red door", "the moon", "her hat", "every tree"];
        uint state = 1;
        string Pick(string[] from) => from[((state = state * 1664525 + 1013904223) >> 16) % (uint)from.Length];
        return string.Concat(Enumerable.Range(0, lines).Select(_ => $"{Pick(subjects)} {Pick(verbs)} {Pick(objects)}.\n"));
    }
}
