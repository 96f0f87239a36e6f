using System.Security.Cryptography;
using Compressor.Blocks;
using Compressor.Frames;

namespace Compressor.Tests;

/// <summary>
/// Files that pin the format: what decodes must always decode to the same bytes, what is refused must stay refused, and
/// the encoder's bytes change only together with the format's version. Files may be added; changing one is a format break,
/// and then this rewrites them: <c>COMPRESSOR_REWRITE_GOLDEN=$PWD/tests/golden dotnet test tests/Compressor.Tests --filter GoldenTests</c>.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string? Rewritten = Environment.GetEnvironmentVariable("COMPRESSOR_REWRITE_GOLDEN");
    private static readonly string Root = Rewritten ?? FindRoot();
    private static readonly LanguageModel Model = LanguageModel.Load(Path.Combine(Root, "model"));
    private static readonly LmzDictionary Dictionary = new(Content("records.json"));
    private static readonly LmzDecompressionOptions WithModel = new() { Models = [Model], Dictionary = Dictionary };

    public static TheoryData<string> Decodable { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "decode"), "*.lmz").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>Small inputs of many kinds.</summary>
    public static TheoryData<string> Inputs { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "roundtrip")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    /// <summary>What must be refused, made from what is good: one frame of one block, and one of several.</summary>
    private static readonly Dictionary<string, Func<byte[], byte[], byte[]>> Damages = new()
    {
        ["damaged-check"] = (one, _) => Changed(one, ^7),
        ["damaged-end"] = (one, _) => Changed(one, ^1),
        ["damaged-payload"] = (one, _) => Changed(one, one.Length / 2),
        ["damaged-seek-table"] = (_, several) => Changed(several, ^40),
        ["damaged-seek-table-length"] = (_, several) => Changed(several, ^2),
        ["missing-block"] = (_, several) => WithoutSecondBlock(several),
        ["missing-end"] = (one, _) => one[..^6],
        ["newer-version"] = (one, _) => [.. one[..4], 5, .. one[5..]],
        ["no-bytes"] = (_, _) => [],
        ["older-version"] = (one, _) => [.. one[..4], 3, .. one[5..]],
        ["other-magic"] = (one, _) => Changed(one, 0),
        ["trailing-bytes"] = (one, _) => [.. one, 0],
        ["truncated-header"] = (one, _) => one[..10],
        ["truncated-payload"] = (one, _) => one[..(one.Length / 2)],
        ["truncated-seek-table"] = (_, several) => several[..^20],
        ["unknown-flag"] = (one, _) => [.. one[..5], (byte)(one[5] | 4), .. one[6..]],
    };

    public static TheoryData<string> Rejected { get; } = [.. Damages.Keys];

    [Fact]
    public void TheFilesAreThoseOfTheManifest()
    {
        var listed = File.ReadAllLines(Path.Combine(Root, "MANIFEST"));
        string[] found = [.. Directory.GetFiles(Root, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "MANIFEST")
            .Select(file => (Hash: Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), Name: Path.GetRelativePath(Root, file).Replace('\\', '/')))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => $"{file.Hash}  {file.Name}")];
        if (Rewritten is not null) File.WriteAllLines(Path.Combine(Root, "MANIFEST"), listed = found);
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
        var options = new LmzCompressionOptions
        {
            Model = Model,
            Level = name is "lean.txt" or "lean.bin" or "wrapped-comment.txt" ? LmzCompressionOptions.MinLevel : LmzCompressionOptions.DefaultLevel,
            Mixing = name != "pure.txt",
            BlockLength = name == "blocks.txt" ? 4096 : LmzCompressionOptions.DefaultBlockLength,
            Dictionary = name is "dictionary.json" or "dictionary-tokens.json" ? Dictionary : null,
        };
        // The small model is so weak, and bytes are so strong, that no file would show lanes, Brotli or tokens after a dictionary.
        var settings = BlockSettings.Of(options) with { Tokens = name != "brotli.bin", Bytes = options.Mixing && name is not ("brotli.bin" or "lanes.txt" or "dictionary-tokens.json") };
        using var target = new MemoryStream();
        FrameCompressor.Compress(new MemoryStream(Content(name)), target, options, settings, null, CancellationToken.None);
        var got = target.ToArray();
        if (Rewritten is not null) File.WriteAllBytes(Compressed(name), got);
        var wanted = File.ReadAllBytes(Compressed(name));
        var brotli = Lmz.ReadInfo(new MemoryStream(wanted)).SelectMany(frame => frame.Blocks).Any(block => block.Type == LmzBlockType.Brotli);
        if (!brotli) Assert.Equal(wanted, got);   // that encoder is the framework's; only decoding is pinned
    }

    /// <summary>Containers of records: the lines of one file after a dictionary of those of another, at every level, in both ways.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void RecordsAreTheSameBytes(int level, bool together)
    {
        var path = Path.Combine(Root, "records", $"level-{level}{(together ? "-together" : "")}.lmr");
        var dictionary = new LmzDictionary(File.ReadAllBytes(Path.Combine(Root, "records", "events.dict")));
        byte[][] records = [.. File.ReadAllLines(Path.Combine(Root, "records", "events.ndjson")).Select(System.Text.Encoding.UTF8.GetBytes)];
        var options = new LmzRecordOptions { Level = level, Together = together, Keyed = together, CheckRecords = !together, Dictionary = dictionary, GroupSize = 10 };
        using var target = new MemoryStream();
        using (var writer = new LmzRecordWriter(target, options, leaveOpen: true))
        {
            foreach (var (i, record) in records.Index()) writer.Add(record, together ? 1000 - (3 * i) : 0);
        }
        if (Rewritten is not null) File.WriteAllBytes(path, target.ToArray());
        var wanted = File.ReadAllBytes(path);
        using var reader = new LmzRecordReader(new MemoryStream(wanted), dictionary);
        Assert.Equal(records, reader.ReadRange().Select(record => record.Content));
        Assert.Equal(wanted, target.ToArray());
    }

    [Fact]
    public void PrimedFilesHaveBothKindsOfPredictedBlocks()
    {
        Assert.Equal((LmzBlockType.ContextMixing, Dictionary.Id), TypeAndDictionary("dictionary.json"));
        Assert.Equal((LmzBlockType.TransformerAndMixing, Dictionary.Id), TypeAndDictionary("dictionary-tokens.json"));

        static (LmzBlockType, string?) TypeAndDictionary(string name)
        {
            var frame = Assert.Single(Lmz.ReadInfo(new MemoryStream(File.ReadAllBytes(Compressed(name)))));
            return (Assert.Single(frame.Blocks).Type, frame.DictionaryId);
        }
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void InputsOfEveryKindComeBack(string name)
    {
        var content = File.ReadAllBytes(Path.Combine(Root, "roundtrip", name));
        LmzCompressionOptions[] ways =
        [
            new() { Model = Model },
            new() { Model = Model, Level = LmzCompressionOptions.MinLevel },
            new() { Model = Model, Level = LmzCompressionOptions.MaxLevel },
            new() { Model = Model, Mixing = false },
            new() { Model = Model, BlockLength = LmzCompressionOptions.MinBlockLength },
            new() { Model = Model, Dictionary = Dictionary },
        ];
        foreach (var options in ways)
        {
            var data = Lmz.Compress(content, options);
            Assert.Equal(content, Lmz.Decompress(data, WithModel));
            Assert.InRange(data.Length, 0, Lmz.GetMaxCompressedLength(content.Length, options));
        }
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public void IsRefused(string name)
    {
        var made = Damages[name](File.ReadAllBytes(Compressed("prose.txt")), File.ReadAllBytes(Compressed("blocks.txt")));
        var path = Path.Combine(Root, "reject", name + Lmz.FileExtension);
        if (Rewritten is not null) File.WriteAllBytes(path, made);
        var data = File.ReadAllBytes(path);
        Assert.Equal(made, data);
        Assert.Throws<InvalidDataException>(() => Lmz.Decompress(data, WithModel));
    }

    private static byte[] Changed(byte[] good, Index place)
    {
        byte[] bad = [.. good];
        bad[place] ^= 0x10;
        return bad;
    }

    private static byte[] WithoutSecondBlock(byte[] good)
    {
        var block = Lmz.ReadInfo(new MemoryStream(good))[0].Blocks[1];
        return [.. good[..(int)block.Offset], .. good[(int)(block.Offset + block.CompressedLength)..]];
    }

    private static byte[] Content(string name) => File.ReadAllBytes(Path.Combine(Root, "decode", name));

    private static string Compressed(string name) => Path.Combine(Root, "decode", name + Lmz.FileExtension);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "golden");
            if (File.Exists(Path.Combine(candidate, "MANIFEST"))) return candidate;
        }
        throw new InvalidOperationException("no golden folder beside the test assembly");
    }
}
