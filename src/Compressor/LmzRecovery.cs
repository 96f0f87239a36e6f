namespace Compressor;

/// <summary>What <see cref="Lmz.Recover"/> made of some data.</summary>
/// <param name="ContentLength">The length in bytes of what was written: recovered content, and zeros where content is lost whose length is known.</param>
/// <param name="RecoveredLength">How many bytes of that are content; each was verified.</param>
/// <param name="Damages">What is wrong, in the order of the data; empty if nothing is.</param>
public sealed record LmzRecovery(long ContentLength, long RecoveredLength, IReadOnlyList<LmzDamage> Damages)
{
    /// <summary>Whether nothing is wrong with the data.</summary>
    public bool IsWhole => Damages.Count == 0;
}

/// <summary>A part of some data that is damaged, missing, or cannot be decompressed.</summary>
/// <param name="Offset">Where it starts, in bytes from the start of the data.</param>
/// <param name="Length">Its length in bytes; 0 where data is missing.</param>
/// <param name="ContentOffset">Where the content that is lost belongs, in bytes from the start of what was written.</param>
/// <param name="ContentLength">How many bytes of content are lost; they were written as zeros. Null if that is unknown: then nothing was written for them.</param>
/// <param name="Reason">What is wrong, for people.</param>
public sealed record LmzDamage(long Offset, long Length, long ContentOffset, long? ContentLength, string Reason);
