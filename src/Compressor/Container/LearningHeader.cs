namespace Compressor.Container;

/// <summary>The part of a block's header that says how its model learns.</summary>
/// <param name="Steps">Tokens of each lane between two steps of gradient descent.</param>
/// <param name="Rate">The rate of the matrices, in parts of 2^12.</param>
/// <param name="TableRate">The rate of rows of look-up tables, in parts of 2^12.</param>
internal readonly record struct LearningHeader(int Steps, int Rate, int TableRate)
{
    /// <summary>The most lanes of a block that learns.</summary>
    public const int MaxLanes = 16;

    /// <summary>The most tokens of a step, of all lanes together; they are a multiple of <see cref="RowUnit"/>.</summary>
    public const int MaxRows = 256;

    /// <summary>The tokens of a step are a multiple of this.</summary>
    public const int RowUnit = 16;

    /// <summary>log2 of the parts of a rate.</summary>
    public const int RateBits = 12;

    /// <summary>The highest rate, in parts.</summary>
    public const int MaxRate = 16 << RateBits;

    /// <summary>Appends the fields as the format has them.</summary>
    public void Write(List<byte> bytes)
    {
        Varint.Write(bytes, Steps);
        Varint.Write(bytes, Rate);
        Varint.Write(bytes, TableRate);
    }

    /// <summary>Reads the fields; whether they are right, the reader says.</summary>
    /// <param name="reader">Has the bytes.</param>
    /// <param name="lanes">Of the block.</param>
    public static LearningHeader Read(FormatReader reader, int lanes)
    {
        if (lanes > MaxLanes)
            reader.Fail($"{lanes} lanes are more than the {MaxLanes} of a block that learns");
        var steps = (int)reader.ReadNumber("tokens of a step", 1, MaxRows / Math.Min(lanes, MaxLanes));
        if (steps * lanes % RowUnit != 0)
            reader.Fail($"{lanes} lanes of {steps} tokens are no multiple of {RowUnit}");
        var rate = (int)reader.ReadNumber("rate of learning", 0, MaxRate);
        return new LearningHeader(steps, rate, (int)reader.ReadNumber("rate of learning of tables", 0, MaxRate));
    }
}
