namespace Compressor.Prediction.Networks.Learning;

/// <summary>How a network learns: part of what a block says.</summary>
/// <param name="Steps">Tokens of each lane between two steps of gradient descent; lanes · steps is a multiple of 16.</param>
/// <param name="Rate">Of the matrices, for the gradient of the mean loss in nats.</param>
/// <param name="TableRate">Of rows of look-up tables.</param>
internal readonly record struct LearningSettings(int Steps, float Rate, float TableRate);
