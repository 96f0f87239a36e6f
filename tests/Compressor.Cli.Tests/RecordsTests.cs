using System.Text;

namespace Compressor.Cli.Tests;

public sealed class RecordsTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void Lines_are_packed_and_any_of_them_written()
    {
        Folder.Write("events.ndjson", Lines(0, 300));
        AssertSucceeds(Run("records", "pack", "events.ndjson"));
        Assert.Equal(Lines(0, 300), Run("records", "cat", "events.ndjson.lmr").Output);
        Assert.Equal(Lines(100, 201), Run("records", "cat", "--records", "100-200", "events.ndjson.lmr").Output);
        Assert.Equal(Lines(299, 300), Run("records", "cat", "-r", "-1", "events.ndjson.lmr").Output);
        var info = Run("records", "info", "events.ndjson.lmr");
        AssertSucceeds(info);
        Assert.Contains("records: 300 in 5 groups", Encoding.UTF8.GetString(info.Output), StringComparison.Ordinal);
        AssertFails(Run("records", "pack", "events.ndjson"), "events.ndjson.lmr");
        Assert.Contains("'compressor records cat --help'", Run("records", "cat", "--records", "x", "events.ndjson.lmr").Errors, StringComparison.Ordinal);
        AssertFails(Run("records", "cat", "events.ndjson"), "container");
    }

    [Fact]
    public void A_trained_dictionary_makes_records_smaller_and_is_needed()
    {
        Directory.CreateDirectory(Path.Combine(Folder.Path, "samples"));
        Folder.Write("samples/a.ndjson", Lines(1000, 1400));
        Folder.Write("events.ndjson", Lines(0, 100));
        AssertSucceeds(Run("dictionary", "--train", "samples", "-o", "events.dict", "--size", "4K"));
        Assert.InRange(Folder.Read("events.dict").Length, 1000, 4096);
        AssertSucceeds(Run("records", "pack", "-o", "without", "events.ndjson"));
        AssertSucceeds(Run("records", "pack", "--dictionary", "events.dict", "-o", "with", "events.ndjson"));
        Assert.InRange(Folder.Read("with").Length, 1, Folder.Read("without").Length / 2);
        Assert.Equal(Lines(0, 100), Run("records", "cat", "--dictionary", "events.dict", "with").Output);
        AssertFails(Run("records", "cat", "with"), "dictionary");
        AssertFails(Run("dictionary", "--train", "nowhere"), "nowhere");
    }

    [Fact]
    public void What_is_whole_of_a_damaged_container_is_recovered()
    {
        Folder.Write("events.ndjson", Lines(0, 300));
        AssertSucceeds(Run("records", "pack", "--level", "1", "events.ndjson"));
        var data = Folder.Read("events.ndjson.lmr");
        data[data.Length / 2] ^= 1;
        Folder.Write("damaged.lmr", data);
        Assert.Equal(Tool.Failure, Run("records", "cat", "damaged.lmr").ExitCode);
        AssertFails(Run("records", "recover", "damaged.lmr"), "records are saved");
        Assert.Equal(Tool.Failure, Run("records", "cat", "damaged.lmr.recovered").ExitCode);
        Assert.Equal(Lines(0, 64), Run("records", "cat", "--records", "0-63", "damaged.lmr.recovered").Output);
    }

    private static byte[] Lines(int from, int to) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(from, to - from).Select(i =>
        $"{{\"id\":{i * 7919 % 100_000},\"user\":\"user{i % 17}\",\"action\":\"{(i % 3 == 0 ? "opened" : "closed")}\",\"at\":\"2026-01-{1 + (i % 28):00}T10:00:00Z\"}}\n")));
}
