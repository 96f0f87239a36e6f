using System.Security.Cryptography;
using Compressor.Tensors.Modules;
using static Compressor.Tensors.torch;

namespace Compressor.Tensors.Probe;

/// <summary>A short training run whose every loss and final weight must have the same bits everywhere.</summary>
public static class TrainingFingerprint
{
    /// <summary>One line a step with the loss's bits, then a hash of the trained weights.</summary>
    public static IReadOnlyList<string> Of(TinySizes sizes, int steps)
    {
        manual_seed(20);
        using var everything = NewDisposeScope();
        using var model = new TinyTransformer(sizes);
        using var optimizer = optim.AdamW(model.parameters(), lr: 3e-3, beta1: 0.9, beta2: 0.97, weight_decay: 0.1);
        var lines = new List<string>();
        for (var step = 0; step < steps; step++)
            lines.Add($"loss {BitConverter.SingleToInt32Bits(Step(model, optimizer, sizes)):x8}");

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, parameter) in model.named_parameters())
            hash.AppendData(parameter.bytes);
        lines.Add($"weights {Convert.ToHexStringLower(hash.GetHashAndReset())}");
        return lines;
    }

    /// <summary>One optimiser step on random tokens; returns the loss before it.</summary>
    public static float Step(TinyTransformer model, AdamW optimizer, TinySizes sizes)
    {
        using var scope = NewDisposeScope();
        var tokens = randint(0, sizes.Vocabulary, [sizes.Batch, sizes.Length]);
        var targets = randint(0, sizes.Vocabulary, [sizes.Batch * sizes.Length]);
        optimizer.zero_grad();
        var loss = Fused.cross_entropy_with_logits(model.call(tokens), targets);
        loss.backward();
        nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        optimizer.step();
        return loss.item<float>();
    }
}
