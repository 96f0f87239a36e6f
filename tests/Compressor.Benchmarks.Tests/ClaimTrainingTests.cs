using System.Text;
using Compressor.Benchmarks.Claim;
using Compressor.Training.Data;

namespace Compressor.Benchmarks.Tests;

public sealed class ClaimTrainingTests
{
    [Fact]
    public void ALoopLearnsAndWhatItHasLearnedIsMeasured()
    {
        var text = new TextDocument("text", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1500).Select(i => $"line {i % 7} of {i % 5} is {(i % 7) + (i % 5)}\n"))));
        var claim = new ClaimText([text], ClaimText.Learn([text], 288));
        using var loop = new TrainingLoop(LadderRung.Of("tiny", width: 32, layers: 1, inner: 32, vocabulary: 288), claim, steps: 12);
        Batch[] batches = [.. EvaluationSet.Batches(claim.Corpus, 4, 256).Take(1)];
        var before = ModelMeter.Read(loop.Model, batches);
        while (!loop.IsDone) loop.Step();
        var after = ModelMeter.Read(loop.Model, batches);
        Assert.Equal(batches[0].TargetCount, after.Targets);
        Assert.Equal(Math.Log2(claim.Tokenizer.VocabularySize), before.Bits / before.Targets, 1e-3); // the head starts as zeros: all tokens alike
        Assert.InRange(after.Bits, 0, 0.9 * before.Bits);
        Assert.True(after.Accuracy > before.Accuracy);
        Assert.Equal(12, loop.State.Step);
    }
}
