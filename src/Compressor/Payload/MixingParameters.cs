using System.Numerics;
using Compressor.Container;
using Compressor.Prediction.Mixing;

namespace Compressor.Payload;

/// <summary>How a block's context mixing is set up.</summary>
/// <param name="Shape">Decides the contexts.</param>
/// <param name="TableBits">The size of the tables; see <see cref="MaxTableBits"/>.</param>
internal readonly record struct MixingParameters(ByteShape Shape, int TableBits)
{
    /// <summary>What a block's header says of it.</summary>
    public MixingHeader Header => new(Shape.Code, Shape.Stride, TableBits);

    /// <summary>
    /// The largest size of tables for so many bytes, those of a dictionary among them: eight to sixteen slots of bit histories a byte, up to 2^24. It is a rule of
    /// the format, so that no short block can ask for much memory.
    /// </summary>
    public static int MaxTableBits(long length) => Math.Clamp(BitOperations.Log2((ulong)length) + 3, MixingHeader.MinTableBits, MixingHeader.MaxTableBits);
}
