using System.Globalization;
using System.Text;

namespace Compressor.Benchmarks.Claim;

/// <summary>
/// The raw figures of the ladder beside its page, <c>ladder.csv</c> with the measurements and <c>ladder-course.csv</c> with the loss of
/// every ten steps. The experiments that train nothing themselves read them.
/// </summary>
internal static class LadderFiles
{
    private const string PointsFile = "ladder.csv", CourseFile = "ladder-course.csv";

    private const string PointsHeader = "rung,multiplied,parameters,step,tokens,bytes,bits,held_out_bits_per_byte,accuracy,seen_bits_per_byte,"
        + "model_bytes,tokenizer_bytes,documents";

    private const string CourseHeader = "rung,step,tokens,bytes,bits";

    /// <summary>A rung as the files have it.</summary>
    /// <param name="Name">The rung's name.</param>
    /// <param name="Multiplied">Parameters that are multiplied for a token.</param>
    /// <param name="Parameters">All parameters.</param>
    /// <param name="TokenizerBytes">The tokenizer, compressed; a part of every point's model.</param>
    /// <param name="Documents">Documents in the text.</param>
    /// <param name="Course">The state every ten steps.</param>
    /// <param name="Points">The measurements.</param>
    public sealed record Rung(
        string Name, long Multiplied, long Parameters, long TokenizerBytes, int Documents, IReadOnlyList<PassState> Course, IReadOnlyList<PassPoint> Points);

    public static void Save(string folder, IReadOnlyList<Rung> rungs)
    {
        var points = new StringBuilder(PointsHeader + "\n");
        var course = new StringBuilder(CourseHeader + "\n");
        foreach (var rung in rungs)
        {
            foreach (var p in rung.Points)
            {
                points.Append(CultureInfo.InvariantCulture, $"{rung.Name},{rung.Multiplied},{rung.Parameters},{Text(p.State)},");
                points.Append(CultureInfo.InvariantCulture, $"{p.HeldOutBits:F5},{p.Accuracy:F5},");
                points.Append(CultureInfo.InvariantCulture, $"{p.SeenBits:F5},{p.ModelBytes},{rung.TokenizerBytes},{rung.Documents}\n");
            }
            foreach (var s in rung.Course) course.Append(CultureInfo.InvariantCulture, $"{rung.Name},{Text(s)}\n");
        }
        File.WriteAllText(Path.Combine(folder, PointsFile), points.ToString());
        File.WriteAllText(Path.Combine(folder, CourseFile), course.ToString());
    }

    /// <exception cref="FileNotFoundException">The ladder has not been measured; the message says what does it.</exception>
    /// <exception cref="InvalidDataException">A file is not what <see cref="Save"/> writes.</exception>
    public static List<Rung> Load(string folder)
    {
        var course = Rows(folder, CourseFile, CourseHeader).ToLookup(f => f[0]);
        return [.. Rows(folder, PointsFile, PointsHeader).GroupBy(f => f[0]).Select(rows =>
        {
            var first = rows.First();
            return new Rung(rows.Key, Whole(first[1]), Whole(first[2]), Whole(first[11]), (int)Whole(first[12]), [.. course[rows.Key].Select(f => State(f, 1))],
                [.. rows.Select(f => new PassPoint(State(f, 3), Number(f[7]), Number(f[8]), Number(f[9]), Whole(f[10])))]);
        })];
    }

    private static IEnumerable<string[]> Rows(string folder, string name, string header)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no '{path}': run 'claim ladder' first");
        var lines = File.ReadAllLines(path);
        var fields = header.Split(',').Length;
        if (lines.Length < 2 || lines[0] != header || lines.Any(l => l.Split(',').Length != fields))
            throw new InvalidDataException($"'{path}' is no file of 'claim ladder'");
        return lines.Skip(1).Select(l => l.Split(','));
    }

    private static string Text(PassState s) => string.Create(CultureInfo.InvariantCulture, $"{s.Step},{s.Tokens},{s.Bytes},{s.Bits:F1}");

    private static PassState State(string[] fields, int first) =>
        new(Whole(fields[first]), Whole(fields[first + 1]), Whole(fields[first + 2]), Number(fields[first + 3]));

    private static long Whole(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);
}
