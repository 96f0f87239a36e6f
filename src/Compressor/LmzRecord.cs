namespace Compressor;

/// <summary>A record that was read.</summary>
/// <param name="Number">Its number in the container, from 0.</param>
/// <param name="Key">Its key; 0 in a container without keys.</param>
/// <param name="Content">Its bytes.</param>
public sealed record LmzRecord(long Number, long Key, byte[] Content);
