using System.CommandLine;
using System.Globalization;
using System.Text;
using Compressor.Cli.Manifests;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor status</c>.</summary>
internal sealed class StatusCommand : ToolCommand
{
    private static readonly string[] Headings = ["SHARE", "ITEMS", "DONE", "COST", "DONE"];

    private readonly Option<string> _manifest = new("--manifest") { HelpName = "FILE", Description = "The plan.", Required = true };
    private readonly Option<bool> _verbose = CommonOptions.Flag("--verbose", "-v", "List what is not done.");

    public StatusCommand(ToolContext context)
        : base("status", "Says what of a plan is done, by a look at its outputs. The exit code is 0 when all is.")
    {
        Add(_manifest);
        Add(_verbose);
        SetAction(result =>
        {
            var manifest = Manifest.Load(result.GetRequiredValue(_manifest));
            var done = manifest.Items.Where(item => item.IsDone()).ToHashSet();
            var text = new StringBuilder(TextTable.Of(Rows(manifest, done), rightAligned: [0, 1, 2, 3, 4]));
            foreach (var item in manifest.Items.Where(item => result.GetValue(_verbose) && !done.Contains(item)))
                text.Append(CultureInfo.InvariantCulture, $"not done: {ErrorReport.OneLine(item.Name)} (share {item.Share})\n");
            context.Streams.WriteReport(text.ToString());
            return manifest.Items.All(done.Contains) ? 0 : Tool.Failure;
        });
    }

    public override string Examples => """
        compressor status --manifest plan.jsonl -v
        """;

    private static List<string[]> Rows(Manifest manifest, HashSet<ManifestItem> done)
    {
        List<string[]> rows = [Headings];
        foreach (var share in manifest.Items.GroupBy(item => item.Share).OrderBy(share => share.Key))
            rows.Add(Row(Number(share.Key), [.. share]));
        rows.Add(Row("all", manifest.Items));
        return rows;

        string[] Row(string name, IReadOnlyList<ManifestItem> items)
        {
            var those = items.Where(done.Contains).ToList();
            return [name, Number(items.Count), Number(those.Count), Number(items.Sum(item => item.Cost)), Number(those.Sum(item => item.Cost))];
        }

        static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    }
}
