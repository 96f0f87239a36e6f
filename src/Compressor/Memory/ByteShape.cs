namespace Compressor.Memory;

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

/// <summary>How a block of bytes is built.</summary>
/// <param name="Profile">The kind of data.</param>
/// <param name="Stride">The length of its records or rows in bytes; 0 where there are none.</param>
internal readonly record struct ByteShape(ByteProfile Profile, int Stride);
