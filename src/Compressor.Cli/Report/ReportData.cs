namespace Compressor.Cli.Report;

/// <summary>All that a report shows.</summary>
/// <param name="FileName">The file that was compressed, or the name of the compressed one.</param>
/// <param name="ContentLength">Its length in bytes.</param>
/// <param name="CompressedLength">The length of the compressed data in bytes.</param>
/// <param name="ModelName">The model's name.</param>
/// <param name="ModelBytes">What the receiver needs of the model, in bytes.</param>
/// <param name="ProgramBytes">The size of the program that decompresses, without the .NET runtime.</param>
/// <param name="Blocks">What each block cost.</param>
/// <param name="Others">What other compressors make of the same content.</param>
/// <param name="OthersNote">Which of them could not be asked, and why.</param>
internal sealed record ReportData(
    string FileName,
    long ContentLength,
    long CompressedLength,
    string ModelName,
    long ModelBytes,
    long ProgramBytes,
    IReadOnlyList<LmzBlockAnalysis> Blocks,
    IReadOnlyList<OtherCompressor> Others,
    string OthersNote)
{
    public long PayloadBytes => Blocks.Sum(block => (long)block.PayloadLength);

    public double BitsPerByte => ContentLength == 0 ? 0 : 8.0 * CompressedLength / ContentLength;
}

/// <summary>What another compressor makes of the content.</summary>
internal sealed record OtherCompressor(string Name, long Bytes);
