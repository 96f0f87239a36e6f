using System.Text;

namespace Compressor.Cli.Terminal;

/// <summary>Rows of text in columns as wide as they need to be, two spaces apart.</summary>
internal static class TextTable
{
    /// <param name="rows">The cells; every row has as many as the first.</param>
    /// <param name="rightAligned">The columns of numbers, counted from 0.</param>
    public static string Of(IReadOnlyList<string[]> rows, IReadOnlyList<int> rightAligned)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var table = new StringBuilder();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => rightAligned.Contains(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            table.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return table.ToString();
    }
}
