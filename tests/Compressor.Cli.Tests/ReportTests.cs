using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Compressor.Cli.Tests;

public sealed partial class ReportTests(TestModels models) : ToolTest(models)
{
    [Fact]
    public void The_ledger_adds_up_to_the_real_file()
    {
        Folder.Write("a.txt", Text());
        AssertSucceeds(Run("report", "a.txt"));
        AssertSucceeds(Run("compress", "a.txt"));
        var ledger = Ledger(Page("a.txt.html"));
        Assert.Equal(Folder.Read("a.txt.lmz").Length, ledger["the file"]);
        Assert.Equal(ledger["the file"], ledger.Where(row => row.Key is "−log₂ P(D)" or "arithmetic coder" or "other payload" or "frame").Sum(row => row.Value));
        Assert.Equal(ledger["everything"], ledger["the file"] + ledger["model, |f|"] + ledger["program"]);
    }

    [Fact]
    public void The_model_is_charged_to_a_file_that_needs_it()
    {
        Folder.Write("a.lmz", Compressed("x"u8.ToArray())); // stored
        Folder.Write("b.lmz", Compressed(TextForModels()));
        AssertSucceeds(Run("report", "a.lmz"));
        AssertSucceeds(Run("report", "b.lmz"));
        var model = new DirectoryInfo(Path.Combine(Models.Directory, "en-fast")).GetFiles().Sum(file => file.Length);
        Assert.Equal((0L, model), (Ledger(Page("a.lmz.html"))["model, |f|"], Ledger(Page("b.lmz.html"))["model, |f|"]));
    }

    [Fact]
    public void A_compressed_file_gives_the_report_of_its_content()
    {
        Folder.Write("a.txt", Text());
        Folder.Write("b.lmz", Compressed(Text()));
        AssertSucceeds(Run("report", "a.txt"));
        AssertSucceeds(Run("report", "-o", "b.html", "b.lmz"));
        Assert.Equal(Ledger(Page("a.txt.html")), Ledger(Page("b.html")));
    }

    [Fact]
    public void Names_and_text_stay_text()
    {
        if (OperatingSystem.IsWindows())
            return;
        const string Name = "<b>{{data}}";
        Folder.Write(Name, Encoding.UTF8.GetBytes("</script><i>&amp;{{title}}"));
        AssertSucceeds(Run("report", "-o", "page", Name));
        var page = Page("page");
        Assert.Contains("<h1>&lt;b&gt;{{data}}</h1>", page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "</script>"));
        Assert.DoesNotContain("<i>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void Any_content_has_a_report(int length)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        Folder.Write("noise", noise);
        AssertSucceeds(Run("report", "noise"));
        Assert.True(Ledger(Page("noise.html"))["the file"] >= length);
    }

    [Fact]
    public void Nothing_is_overwritten_or_left_by_a_failure()
    {
        Folder.Write("a", Text());
        Folder.Write("a.html", [1]);
        AssertFails(Run("report", "a"), "'a.html' already exists: use -f");
        Folder.Write("broken.lmz", Compressed(Text())[..^20]);
        AssertFails(Run("report", "broken.lmz"), "the data ends inside");
        AssertFails(Run("report", "missing"), "no such file");
        Assert.Equal(["a", "a.html", "broken.lmz"], Folder.Names);
        AssertSucceeds(Run("report", "-f", "a"));
        Assert.Contains("<h1>a</h1>", Page("a.html"), StringComparison.Ordinal);
    }

    [ChromiumFact]
    public void A_browser_runs_the_page_without_an_error()
    {
        Folder.Write("a.lmz", Compressed(TextForModels()));
        AssertSucceeds(Run("report", "a.lmz"));
        var (dom, log) = Browse(Folder.File("a.lmz.html"));
        Assert.Contains("data-ready=\"true\"", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
        var note = Regex.Match(dom, @"All (\d+) tokens");
        Assert.Equal(note.Groups[1].Value, Regex.Count(dom, "data-i=\"").ToString(CultureInfo.InvariantCulture));
    }

    private string Page(string name) => Encoding.UTF8.GetString(Folder.Read(name));

    private static Dictionary<string, long> Ledger(string page) => LedgerRow().Matches(page)
        .ToDictionary(m => System.Net.WebUtility.HtmlDecode(m.Groups[1].Value), m => long.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex("""<td>([^<]*)</td><td class="n">(-?\d+)</td><td class="why">""")]
    private static partial Regex LedgerRow();

    private (string Dom, string Log) Browse(string page)
    {
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", $"--user-data-dir={Folder.File("profile")}", "--virtual-time-budget=10000",
            "--dump-dom", new Uri(page).AbsoluteUri,
        ];
        using var process = Process.Start(
            new ProcessStartInfo(ChromiumFactAttribute.Program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var log = process.StandardError.ReadToEndAsync();
        var dom = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (dom, log.Result);
    }
}

/// <summary>A fact that needs a browser: Debian's chromium.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Program is null ? "there is no chromium on the path: apt-get install chromium" : null;

    /// <summary>Its path, or null.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
