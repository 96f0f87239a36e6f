using Compressor.Training.Data;
using Compressor.Training.Model;
using Compressor.Training.Optimisation;

namespace Compressor.Training;

/// <summary>Takes training steps and measures. One step is a function of the weights, the averages and the step's number.</summary>
internal sealed class Trainer(TrainableTransformer model, ModelOptimizer optimizer, TrainingRecipe recipe, BatchSampler sampler)
{
    /// <summary>Takes step <paramref name="step"/> (from 0).</summary>
    /// <returns>The loss before the step, nats per token.</returns>
    /// <exception cref="ArithmeticException">The loss is not a number: training has diverged. The weights are unchanged.</exception>
    public float Step(long step, long? totalSteps)
    {
        using var scope = torch.NewDisposeScope();
        var loss = LanguageModelLoss.Of(model, sampler.Sample(step));
        float value = loss.item<float>();
        if (!float.IsFinite(value))
            throw new ArithmeticException($"the loss became {value} at step {step}; a lower learning rate may help");
        loss.backward();
        optimizer.Step(recipe.LearningRateAt(step, totalSteps));
        return value;
    }

    /// <summary>The model's cost of a text, in bits per byte.</summary>
    public double Measure(TokenCorpus corpus)
    {
        using var noGradient = torch.no_grad();
        double nats = 0;
        foreach (var batch in EvaluationSet.Batches(corpus, recipe.Sequences, recipe.SequenceLength))
        {
            using var scope = torch.NewDisposeScope();
            nats += (double)LanguageModelLoss.Of(model, batch).item<float>() * batch.TargetCount;
        }

        return nats * BitsPerNat / corpus.ByteCount;
    }

    /// <summary>1 / ln 2.</summary>
    public const double BitsPerNat = 1.4426950408889634;
}
