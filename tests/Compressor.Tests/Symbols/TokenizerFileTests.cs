using System.Text;
using System.Text.Json;
using Compressor.Symbols;

namespace Compressor.Tests.Symbols;

public class TokenizerFileTests
{
    [Fact]
    public void RoundTrips()
    {
        var loaded = Load(Save(TestTokenizers.Words));
        Assert.Equal(TestTokenizers.Words.Merges, loaded.Merges);
        Assert.Equal(Save(TestTokenizers.Words), Save(loaded));
    }

    [Fact]
    public void HasTheHuggingFaceLayout()
    {
        var root = JsonDocument.Parse(Save(new Tokenizer([(' ', 't'), (257, 0xC3)]))).RootElement;
        var model = root.GetProperty("model");
        Assert.Equal("BPE", model.GetProperty("type").GetString());
        Assert.Equal(259, model.GetProperty("vocab").EnumerateObject().Count());
        Assert.Equal(257, model.GetProperty("vocab").GetProperty("Ġt").GetInt32());
        Assert.Equal(10, model.GetProperty("vocab").GetProperty("Ċ").GetInt32());
        Assert.Equal(0xAD, model.GetProperty("vocab").GetProperty("Ń").GetInt32());
        Assert.Equal(["Ġ t", "Ġt Ã"], model.GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()));
        Assert.Equal(256, root.GetProperty("added_tokens")[0].GetProperty("id").GetInt32());
        Assert.Equal("ByteLevel", root.GetProperty("decoder").GetProperty("type").GetString());
    }

    [Fact]
    public void LayoutOfTheJsonDoesNotMatter()
    {
        using var document = JsonDocument.Parse(Save(TestTokenizers.Words));
        var compact = JsonSerializer.Serialize(document.RootElement); // escapes what is not ASCII
        Assert.Equal(TestTokenizers.Words.Merges, Load(compact).Merges);
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "\"model\" is missing")]
    [InlineData("{\"model\": 1}", "\"model\" is missing or not Object")]
    [InlineData("{\"model\": {}}", "\"merges\" is missing")]
    [InlineData("{\"model\": {\"merges\": [\"a\"]}}", "merge 0 is not two tokens")]
    [InlineData("{\"model\": {\"merges\": [[\"a\", \"b\"]]}}", "merge 0 is not two tokens")]
    [InlineData("{\"model\": {\"merges\": [\"a b\", \"ab cd\"]}}", "merge 1 names \"cd\"")]
    [InlineData("{\"model\": {\"merges\": [\"a b\", \"a b\"]}}", "repeats the pair")]
    [InlineData("{\"model\": {\"merges\": []}, \"model\": {}}", "not valid JSON")]
    [InlineData("{\"model\": {\"merges\": []}}", "the file lacks \"version\"")]
    public void NamesWhatIsWrong(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Load(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"use_regex\": false", "\"use_regex\": true", "pre_tokenizer")]
    [InlineData("[0-9]{1,3}", "[0-9]+", "pre_tokenizer")]
    [InlineData("\"dropout\": null", "\"dropout\": 0.1", "\"dropout\" in \"model\"")]
    [InlineData("\"Ġthe\": 261", "\"Ġthe\": 262", "\"Ġthe\" in \"vocab\"")]
    [InlineData("\"normalizer\": null", "\"normalizer\": null, \"extra\": 1", "unknown entry \"extra\"")]
    [InlineData("\"content\": \"<|bos|>\"", "\"content\": \"<s>\"", "added_tokens")]
    public void RefusesWhatItWouldNotWrite(string written, string changed, string reason)
    {
        var json = Save(TestTokenizers.Words);
        Assert.Contains(written, json, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(() => Load(json.Replace(written, changed)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static string Save(Tokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        TokenizerFile.Save(tokenizer, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static Tokenizer Load(string json) => TokenizerFile.Load(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
