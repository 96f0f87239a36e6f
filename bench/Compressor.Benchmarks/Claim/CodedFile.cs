namespace Compressor.Benchmarks.Claim;

/// <summary>A text compressed with the transformer alone, next to what its probabilities promise.</summary>
/// <param name="Content">Bytes of the text.</param>
/// <param name="IdealBits">−log₂ of the probability that the model gives it.</param>
/// <param name="Payload">Bytes that the range coder wrote.</param>
/// <param name="Length">Bytes of the file.</param>
internal sealed record CodedFile(long Content, double IdealBits, long Payload, long Length)
{
    /// <exception cref="InvalidDataException">The file does not decompress to the text.</exception>
    public static CodedFile Of(byte[] content, LanguageModel model)
    {
        var file = Lmz.Compress(content, new LmzCompressionOptions { Model = model, Mixing = false });
        var options = new LmzDecompressionOptions { Models = [model] };
        if (!Lmz.Decompress(file, options).AsSpan().SequenceEqual(content)) throw new InvalidDataException("the file does not decompress to the text");
        LmzBlockAnalysis[] blocks = [.. Lmz.Analyze(new MemoryStream(file), options)];
        return new CodedFile(content.Length, blocks.Sum(b => b.IdealBits), blocks.Sum(b => (long)b.PayloadLength), file.Length);
    }
}
