namespace Compressor.Cli.Tests;

[Trait("Category", "NothingIsLost")]
public sealed class BadDataTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void Data_of_others_is_refused() => AssertRefused(Text(), "no .lmz frame starts here");

    [Fact]
    public void An_empty_file_is_no_compressed_file() => AssertRefused([], "no .lmz frame starts here");

    [Fact]
    public void Truncated_data_is_refused() => AssertRefused(Compressed(Text())[..^5], "the data ends inside");

    [Fact]
    public void Data_with_more_after_it_is_refused() => AssertRefused([.. Compressed(Text()), 0], "no .lmz frame starts here");

    [Fact]
    public void A_newer_version_is_refused()
    {
        var data = Compressed(Text());
        data[4]++;
        AssertRefused(data, "version");
    }

    [Fact]
    public void Changed_bytes_are_refused()
    {
        // The command line has one way to handle the error; that every byte is guarded, the library's tests show.
        var data = Compressed(Text());
        data[data.Length / 2] ^= 0x10;
        AssertRefused(data, "a.lmz: ");
        AssertFails(Run("test", "a.lmz"), "a.lmz: ");
        AssertFails(RunWithInput(data, "decompress"), "stdin: ");
    }

    [Fact]
    public void Another_model_than_that_of_the_data_is_no_use()
    {
        Folder.Write("a.lmz", Compressed(TextForModels(), Models.Other));
        AssertFails(Run("decompress", "a.lmz"), $"a.lmz: it needs the model {LanguageModel.Load(Models.Other).Id}");
        AssertFails(Run("decompress", "-m", "nothing", "a.lmz"), "model 'nothing'");
        Assert.Equal(["a.lmz"], Folder.Names);
        AssertSucceeds(Run("decompress", "-m", Models.Other, "-m", "en-fast", "a.lmz"));
        Assert.Equal(TextForModels(), Folder.Read("a"));
    }

    [Fact]
    public void A_model_can_be_chosen_and_must_be_whole()
    {
        Folder.Write("a", Text());
        AssertSucceeds(Run("compress", "-m", Models.Other, "a"));
        Assert.Equal(Compressed(Text(), Models.Other), Folder.Read("a.lmz"));
        AssertFails(Run("compress", "-m", ".", "a"), "model '.': the folder lacks");
        TestModels.Write(Folder.File("broken"), seed: 3);
        File.WriteAllText(Folder.File("broken/config.json"), "{");
        AssertFails(Run("compress", "-fm", "broken", "a"), "model 'broken': config.json");
    }

    [Fact]
    public void Good_files_pass_the_test_and_bad_ones_are_named()
    {
        Folder.Write("good.lmz", Compressed(Text()));
        Folder.Write("bad.lmz", Compressed(Text())[..^1]);
        AssertSucceeds(Run("test", "good.lmz"));
        AssertFails(Run("test", "good.lmz", "bad.lmz", "good.lmz"), "bad.lmz: ");
        Assert.Equal(["bad.lmz", "good.lmz"], Folder.Names);
    }

    [Fact]
    public void More_content_than_is_accepted_is_refused()
    {
        Folder.Write("a.lmz", Compressed(Text(3000)));
        foreach (var command in (string[][])[["decompress", "-c"], ["decompress", "--recover", "-c"], ["test"], ["cat"], ["cat", "-r", "0-1"]])
        {
            AssertFails(Run([.. command, "--max-size", "2999", "a.lmz"]), "a.lmz: ");
            Assert.Equal(0, Run([.. command, "--max-size", "3k", "a.lmz"]).ExitCode);
        }

        Assert.Contains("--max-size must be", Run("test", "--max-size", "x", "a.lmz").Errors, StringComparison.Ordinal);
        AssertFails(RunWithInput(Folder.Read("a.lmz"), "decompress", "--max-size", "2999"), "stdin: ");
    }

    private void AssertRefused(byte[] data, string reason)
    {
        Folder.Write("a.lmz", data);
        AssertFails(Run("decompress", "--rm", "a.lmz"), reason);
        Assert.Equal(["a.lmz"], Folder.Names);
    }
}
