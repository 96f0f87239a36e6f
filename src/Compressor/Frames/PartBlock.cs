namespace Compressor.Frames;

/// <summary>A block of a part, as the seek table of the frame will state it.</summary>
/// <param name="DataLength">Its length in bytes: header, body and check.</param>
/// <param name="ContentLength">The length of its content in bytes.</param>
/// <param name="Check">Its check.</param>
internal readonly record struct PartBlock(int DataLength, int ContentLength, uint Check);
