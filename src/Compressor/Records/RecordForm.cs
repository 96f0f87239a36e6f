using System.Numerics;
using Compressor.Prediction.Mixing;

namespace Compressor.Records;

/// <summary>How records are predicted.</summary>
/// <param name="Code">As the format has it: 0 for many contexts, 1 for few, 2 for few and runs.</param>
/// <param name="TableBits">log2 of the slots of the table of bit histories.</param>
internal readonly record struct RecordForm(int Code, int TableBits)
{
    /// <summary>The largest code.</summary>
    public const int MaxCode = 2;

    /// <summary>The least and the most that a file may ask for.</summary>
    public const int MinTableBits = 14, MaxTableBits = 22;

    private const int MaxLevel = 3;

    /// <summary>Whether bytes that continue a long match cost one decision, and are not learned.</summary>
    public bool HasRuns => Code == 2;

    /// <summary>The level that has it.</summary>
    public int Level => MaxLevel - Code;

    /// <summary>Decides the contexts.</summary>
    public ByteShape Shape => new(ByteProfile.Text, 0, Fast: Code > 0);

    /// <summary>The form of a level.</summary>
    /// <param name="level">1 to 3.</param>
    /// <param name="dictionaryLength">In bytes; 0 without one.</param>
    public static RecordForm OfLevel(int level, int dictionaryLength) => OfCode(MaxLevel - level, dictionaryLength);

    /// <summary>The form that an encoder chooses for a code.</summary>
    public static RecordForm OfCode(int code, int dictionaryLength)
    {
        // A slot or less a byte of the dictionary for few contexts, and four to eight for many.
        var bits = BitOperations.Log2((uint)Math.Max(dictionaryLength, 1)) + (code > 0 ? 0 : 3);
        return new RecordForm(code, Math.Clamp(bits, 16, MaxTableBits));
    }
}
