using System.Text;
using Compressor.Benchmarks.Pages;

namespace Compressor.Benchmarks;

/// <summary>Texts that a benchmark makes or finds in the repository itself.</summary>
public static class SampleTexts
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>What there is.</summary>
    public static IReadOnlyList<string> Names { get; } = ["documentation", "log"];

    /// <summary>At most 64 KiB.</summary>
    /// <exception cref="ArgumentException">There is no text of that name.</exception>
    /// <exception cref="DirectoryNotFoundException">The repository is not above the program.</exception>
    public static byte[] Make(string name)
    {
        var text = name switch
        {
            "documentation" => Documentation(),
            "log" => Log(),
            _ => throw new ArgumentException($"there is no sample text '{name}'"),
        };
        return text[..Math.Min(text.Length, MaxBytes)];
    }

    /// <summary>Records of about 300 bytes: pieces of the documentation, or events as JSON. The same on every run.</summary>
    /// <exception cref="ArgumentException">There are no records of that kind.</exception>
    /// <exception cref="DirectoryNotFoundException">The repository is not above the program.</exception>
    public static byte[][] Records(string kind, int count)
    {
        var random = new Random(1);
        var text = kind switch
        {
            "prose" => Documentation(),
            "json" => [],
            _ => throw new ArgumentException($"there are no sample records '{kind}'"),
        };
        return [.. Enumerable.Range(0, count).Select(i => kind == "json" ? Event(i, random) : Piece())];

        byte[] Piece()
        {
            int length = random.Next(200, 400), start = random.Next(text.Length - length);
            return text[start..(start + length)];
        }
    }

    private static byte[] Event(int number, Random random)
    {
        string[] kinds = ["order.created", "order.paid", "order.shipped", "user.signed_in"], cities = ["Lisbon", "Oslo", "Kyoto", "Quito", "Leeds"];
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(number * 7 + random.Next(7));
        var items = string.Join(",", Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            $$"""{"sku":"A-{{random.Next(10000, 99999)}}","quantity":{{random.Next(1, 9)}},"price":{{random.Next(100, 99999) / 100m}}}"""));
        return Encoding.UTF8.GetBytes($$"""{"id":"{{random.NextInt64():x16}}","type":"{{kinds[random.Next(kinds.Length)]}}","time":"{{time:O}}","customer":{"id":{{random.Next(100000)}},"city":"{{cities[random.Next(cities.Length)]}}","newsletter":{{(random.Next(2) == 0 ? "true" : "false")}}},"items":[{{items}}]}""");
    }

    /// <summary>The pages of docs, one after the other.</summary>
    private static byte[] Documentation()
    {
        string[] pages = [.. Directory.GetFiles(Path.Combine(RepositoryFolder.Find(), "docs"), "*.md").Order(StringComparer.Ordinal)];
        return [.. pages.SelectMany(File.ReadAllBytes)];
    }

    /// <summary>Lines of an access log with plausible variety, the same on every run.</summary>
    private static byte[] Log()
    {
        string[] methods = ["GET", "GET", "GET", "POST", "HEAD"], pages = ["/", "/index.html", "/api/items", "/api/items/", "/static/site.css", "/favicon.ico"];
        var random = new Random(1);
        var text = new StringBuilder();
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        while (text.Length < MaxBytes)
        {
            time = time.AddMilliseconds(random.Next(1, 4000));
            var page = pages[random.Next(pages.Length)];
            if (page.EndsWith("s/", StringComparison.Ordinal)) page += random.Next(1, 5000);
            var status = random.Next(20) switch { 0 => 404, 1 => 304, 2 => 500, _ => 200 };
            text.Append(time.ToString("O")).Append(" 10.0.").Append(random.Next(4)).Append('.').Append(random.Next(256))
                .Append(' ').Append(methods[random.Next(methods.Length)]).Append(' ').Append(page)
                .Append(' ').Append(status).Append(' ').Append(random.Next(100, 20000)).Append('\n');
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
