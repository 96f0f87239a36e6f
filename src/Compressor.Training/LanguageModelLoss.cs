using Compressor.Training.Data;
using Compressor.Training.Engine;
using Compressor.Training.Model;

namespace Compressor.Training;

/// <summary>The cross entropy of a model on a batch.</summary>
internal static class LanguageModelLoss
{
    /// <summary>Mean loss in nats per target that counts: a scalar tensor, with gradient history when gradients are on.</summary>
    public static Tensor Of(TrainableTransformer model, Batch batch)
    {
        var config = model.Config;
        var tokens = torch.tensor(batch.Inputs).view(batch.Sequences, batch.Length);
        var ngrams = torch.tensor(NgramBuckets.Compute(batch, config.NgramBuckets)).view(-1, batch.Sequences, batch.Length);
        var hidden = model.Hidden(tokens, ngrams);                                                  // [B, T, d]
        return Adaptor.LinearCrossEntropy(hidden.view(-1, config.HiddenSize), model.HeadWeight, torch.tensor(batch.Targets));
    }
}
