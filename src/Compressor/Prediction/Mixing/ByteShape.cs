namespace Compressor.Prediction.Mixing;

/// <summary>What kind of data a block of bytes is, which chooses the contexts it is predicted from. The values are those of the format.</summary>
internal enum ByteProfile
{
    /// <summary>Words, lines, fields, numbers in digits.</summary>
    Text = 0,

    /// <summary>Machine code, tables and samples: sparse contexts and, with a stride, what is above and beside.</summary>
    Binary = 1,

    /// <summary>A picture of one bit a pixel, whose rows are a stride apart.</summary>
    Bitmap = 2,
}

/// <summary>How a block of bytes is built, and how much is spent on predicting it.</summary>
/// <param name="Profile">The kind of data.</param>
/// <param name="Stride">The length of its records or rows in bytes; 0 where there are none.</param>
/// <param name="Fast">Few contexts, for speed, in place of many.</param>
internal readonly record struct ByteShape(ByteProfile Profile, int Stride, bool Fast = false)
{
    private const int Profiles = 3;

    /// <summary>Profile and speed as the format has them: 0 to 2 for the profiles, 3 to 5 for the same ones fast.</summary>
    public int Code => (int)Profile + (Fast ? Profiles : 0);

    /// <summary>The shape that a block's header tells of.</summary>
    public static ByteShape OfCode(int code, int stride) => new((ByteProfile)(code % Profiles), stride, code >= Profiles);
}
