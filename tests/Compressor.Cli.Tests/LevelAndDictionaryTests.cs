namespace Compressor.Cli.Tests;

public sealed class LevelAndDictionaryTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void The_last_level_given_counts_and_the_first_ones_need_no_model()
    {
        Folder.Write("a", Text());
        AssertSucceeds(Run("compress", "-9", "-1", "a"));
        using var expected = new MemoryStream();
        Lmz.Compress(new MemoryStream(Text()), expected, new LmzCompressionOptions { Level = 1 });
        Assert.Equal(expected.ToArray(), Folder.Read("a.lmz"));
        Assert.All(Lmz.ReadInfo(new MemoryStream(expected.ToArray())), frame => Assert.False(frame.NeedsModel));
    }

    [Fact]
    public void What_has_a_dictionary_takes_the_same_files_in_the_same_order()
    {
        Folder.Write("one", Text(3000, 1));
        Folder.Write("two", Text(3000, 2));
        byte[] content = [.. Text(3000, 2)[500..1500], .. Text(3000, 1)[500..1500]];
        Folder.Write("a", content);
        AssertSucceeds(Run("compress", "--dictionary", "one", "--dictionary", "two", "a"));
        Assert.InRange(Folder.Read("a.lmz").Length, 1, Compressed(content).Length / 2);
        AssertFails(Run("decompress", "-c", "a.lmz"), "dictionary");
        AssertFails(Run("test", "--dictionary", "two", "--dictionary", "one", "a.lmz"), "dictionary");
        var restored = Run("decompress", "-c", "--dictionary", "one", "--dictionary", "two", "a.lmz");
        AssertSucceeds(restored);
        Assert.Equal(content, restored.Output);
        AssertFails(Run("compress", "-c", "--dictionary", "missing", "a"), "missing");
        Assert.Equal(content, Run("decompress", "-c", "--prime=one", "--prime", "two", "a.lmz").Output); // the option's name in earlier versions
    }
}
