using System.Numerics;
using Compressor.Prediction.Mixing;

namespace Compressor.Records;

/// <summary>How records are predicted.</summary>
/// <param name="Shape">Decides the contexts; always text so far, fast or not.</param>
/// <param name="TableBits">log2 of the slots of the table of bit histories.</param>
internal readonly record struct RecordForm(ByteShape Shape, int TableBits)
{
    /// <summary>The least and the most that a file may ask for.</summary>
    public const int MinTableBits = 14, MaxTableBits = 22;

    /// <summary>The form of a level.</summary>
    /// <param name="level">1 or 2 for a fast one.</param>
    /// <param name="dictionaryLength">In bytes; 0 without one.</param>
    public static RecordForm OfLevel(int level, int dictionaryLength)
    {
        var fast = level < 3;
        var bits = BitOperations.Log2((uint)Math.Max(dictionaryLength, 1)) + (fast ? 1 : 3);
        return new RecordForm(new ByteShape(ByteProfile.Text, 0, fast), Math.Clamp(bits, 16, MaxTableBits));
    }
}
