namespace Compressor;

/// <summary>A part to join, and what to call it when something is wrong with it.</summary>
/// <param name="Name">Such as the name of its file.</param>
/// <param name="Info">Its description.</param>
public sealed record LmzNamedPart(string Name, LmzPartInfo Info);
