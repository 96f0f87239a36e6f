using System.Text;
using System.Text.Json.Nodes;
using Compressor.Symbols;
using Compressor.Tests.Prediction.Networks.Decoders;
using FsCheck;
using FsCheck.Fluent;

namespace Compressor.Tests.Symbols;

/// <summary>Other people's tokenizers: nothing is lost, and text is cut as they cut it.</summary>
public sealed class ImportedTokenizerTests
{
    private static readonly ImportedTokenizer Characters = Load(TestCheckpoint.Tokenizer()), Bytes = Load(OfBytes());

    public static TheoryData<byte[]> Awkward =>
    [
        [], [0], [0xFF, 0xFE], [0xE2, 0x96], [0xED, 0xA0, 0x80], "  the"u8.ToArray(), " the the  a \r\n\n"u8.ToArray(), "<s></s><0x41>▁t"u8.ToArray(),
        "e\u0301 \u4E2D\U0001F600x"u8.ToArray(), "'s 'LL 123456"u8.ToArray(), "a<|extra|>b<|end|>"u8.ToArray(),
    ];

    [Theory]
    [MemberData(nameof(Awkward))]
    public void WhateverComesComesBack(byte[] data)
    {
        AssertComesBack(Characters, data);
        AssertComesBack(Bytes, data);
    }

    [Fact]
    public void AnyBytesComeBack() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), data =>
    {
        AssertComesBack(Characters, data);
        AssertComesBack(Bytes, data);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyTextComesBack() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
    {
        var data = Encoding.UTF8.GetBytes(text.Get);
        AssertComesBack(Characters, data);
        AssertComesBack(Bytes, data);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("the the", "t,he, the")]
    [InlineData("an on", "an, ,on")]
    [InlineData("<s>", "<,s,>")]
    public void TextOfCharactersIsMergedByRank(string text, string wanted) => Assert.Equal(wanted, Spelled(Characters, text));

    [Theory]
    [InlineData("the the", "th,e, ,th,e")]
    [InlineData("<|end|>", "<,|,e,n,d,|,>")]
    [InlineData("a<|extra|>b", "a,<|extra|>,b")]
    public void TextOfBytesIsMergedWithinItsPieces(string text, string wanted) => Assert.Equal(wanted, Spelled(Bytes, text));

    /// <summary>The token of a character stands for it, and that of its byte never occurs.</summary>
    [Fact]
    public void OneOfTwoTokensWithTheSameBytesIsUsed()
    {
        var used = Enumerable.Range(0, Characters.VocabularySize).Where(id => Characters.BytesOf(id).SequenceEqual("t"u8)).ToList();
        Assert.Equal([3 + 256 + 1], used);
    }

    [Fact]
    public void ALongTextWithoutBordersIsNoTrap()
    {
        var data = new byte[300_000];
        data.AsSpan().Fill((byte)'t');
        AssertComesBack(Characters, data);
    }

    private static void AssertComesBack(ImportedTokenizer tokenizer, byte[] data)
    {
        var tokens = new List<int>();
        tokenizer.Encode(data, tokens);
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            Assert.False(tokenizer.BytesOf(token).IsEmpty);
            bytes.AddRange(tokenizer.BytesOf(token));
        }
        Assert.Equal(data, bytes);
    }

    private static string Spelled(ImportedTokenizer tokenizer, string text)
    {
        var tokens = new List<int>();
        tokenizer.Encode(Encoding.UTF8.GetBytes(text), tokens);
        return string.Join(',', tokens.Select(token => Encoding.UTF8.GetString(tokenizer.BytesOf(token))));
    }

    private static ImportedTokenizer Load(JsonObject json) => new(ImportedVocabulary.Load(Encoding.UTF8.GetBytes(json.ToJsonString())));

    private static JsonObject OfBytes()
    {
        var vocabulary = new JsonObject();
        for (var value = 0; value < 256; value++) vocabulary.Add(ByteAlphabet.TextOf([(byte)value]), value);
        foreach (var token in (string[])["th", "eĠ"]) vocabulary.Add(token, vocabulary.Count);
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(
                new JsonObject { ["id"] = 258, ["content"] = "<|end|>", ["special"] = true }, new JsonObject { ["id"] = 259, ["content"] = "<|extra|>", ["special"] = false }),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray("e Ġ", new JsonArray("t", "h")) },
        };
    }
}
