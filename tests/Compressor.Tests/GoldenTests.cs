using System.Security.Cryptography;

namespace Compressor.Tests;

/// <summary>
/// Files that pin the format: what decodes must always decode to the same bytes, what is refused must stay refused, and
/// the encoder's bytes change only together with the format's version. Files may be added; changing one is a format break.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Root = FindRoot();
    private static readonly LanguageModel Model = LanguageModel.Load(Path.Combine(Root, "model"));
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model] };

    public static TheoryData<string> Decodable { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "decode"), "*.lmz").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Rejected { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "reject"), "*.lmz").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void TheFilesAreThoseOfTheManifest()
    {
        string[] listed = File.ReadAllLines(Path.Combine(Root, "MANIFEST"));
        string[] found = [.. Directory.GetFiles(Root, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "MANIFEST")
            .Select(file => (Hash: Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), Name: Path.GetRelativePath(Root, file).Replace('\\', '/')))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => $"{file.Hash}  {file.Name}")];
        Assert.Equal(listed.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheModelsIdIsPinned() => Assert.Equal("1b1f0841fee3a106", Model.Id.ToString());

    [Theory]
    [MemberData(nameof(Decodable))]
    public void DecodesToTheSameBytes(string name) =>
        Assert.Equal(Content(name), Lmz.Decompress(File.ReadAllBytes(Compressed(name)), WithModel));

    [Theory]
    [MemberData(nameof(Decodable))]
    public void EncodesToTheSameBytes(string name)
    {
        byte[] wanted = File.ReadAllBytes(Compressed(name));
        bool brotli = Lmz.ReadInfo(new MemoryStream(wanted)).SelectMany(frame => frame.Blocks).Any(block => block.Type == LmzBlockType.Brotli);
        if (brotli) return;   // that encoder is the framework's; only decoding is pinned
        byte[] got = Lmz.Compress(Content(name), new LmzCompressionOptions
        {
            Model = Model,
            Memory = name != "pure.txt",
            BlockLength = name == "blocks.txt" ? 4096 : LmzCompressionOptions.DefaultBlockLength,
        });
        Assert.Equal(wanted, got);
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public void IsRefused(string name)
    {
        byte[] data = File.ReadAllBytes(Path.Combine(Root, "reject", name));
        Assert.Throws<InvalidDataException>(() => Lmz.Decompress(data, WithModel));
    }

    private static byte[] Content(string name) => File.ReadAllBytes(Path.Combine(Root, "decode", name));

    private static string Compressed(string name) => Path.Combine(Root, "decode", name + Lmz.FileExtension);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "golden");
            if (File.Exists(Path.Combine(candidate, "MANIFEST"))) return candidate;
        }
        throw new InvalidOperationException("no golden folder beside the test assembly");
    }
}
