using System.Text;

namespace Compressor.Benchmarks.Pages;

/// <summary>A Markdown table, row by row: the first column to the left, the others to the right.</summary>
internal sealed class MarkdownTable
{
    private readonly StringBuilder _text = new();

    public MarkdownTable(params string[] columns)
    {
        Add(columns);
        Add([.. columns.Select((_, i) => i == 0 ? "---" : "---:")]);
    }

    /// <summary>A row; a bar within a cell is escaped.</summary>
    public void Add(params string[] cells) =>
        _text.Append("| ").AppendJoin(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");

    public override string ToString() => _text.ToString();
}
