namespace Compressor.Prediction.Networks;

/// <summary>The shape of causal attention over a sliding window.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads; <paramref name="Heads"/> is a multiple of it.</param>
/// <param name="HeadSize">Width of one head: a power of two, at least 32.</param>
/// <param name="Window">A token attends to itself and the Window − 1 tokens before it; a multiple of 32.</param>
internal readonly record struct AttentionShape(int Heads, int KeyValueHeads, int HeadSize, int Window);
