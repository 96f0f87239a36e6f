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

    /// <summary>Text with more contexts, among them where in its line and among its elements and keys a byte is, and more inputs of each.</summary>
    RichText = 6,

    /// <summary>Binary likewise.</summary>
    RichBinary = 7,
}

/// <summary>How a block of bytes is built, and how much is spent on predicting it.</summary>
/// <param name="Profile">The kind of data.</param>
/// <param name="Stride">The length of its records or rows in bytes; 0 where there are none.</param>
/// <param name="Fast">Few contexts, for speed, in place of many.</param>
internal readonly record struct ByteShape(ByteProfile Profile, int Stride, bool Fast = false)
{
    private const int Profiles = 3;   // that have a fast form

    /// <summary>Profile and speed as the format has them: the profile's value, or 3 to 5 for text, binary and bitmap in their fast form.</summary>
    public int Code => (int)Profile + (Fast ? Profiles : 0);

    /// <summary>Whether the contexts are those of text.</summary>
    public bool IsText => Profile is ByteProfile.Text or ByteProfile.RichText;

    /// <summary>Whether each context gives three inputs.</summary>
    public bool IsRich => Profile is ByteProfile.RichText or ByteProfile.RichBinary;

    /// <summary>The rich form of the same shape; itself where there is none.</summary>
    public ByteShape Rich => Profile switch
    {
        ByteProfile.Text => new(ByteProfile.RichText, Stride),
        ByteProfile.Binary => new(ByteProfile.RichBinary, Stride),
        _ => this,
    };

    /// <summary>The shape that a block's header tells of.</summary>
    public static ByteShape OfCode(int code, int stride) =>
        code is >= Profiles and < 2 * Profiles ? new((ByteProfile)(code - Profiles), stride, true) : new((ByteProfile)code, stride);
}
