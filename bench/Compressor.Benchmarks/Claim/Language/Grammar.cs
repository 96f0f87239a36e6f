using System.Globalization;
using System.Text;
using Compressor.RangeCoding;

namespace Compressor.Benchmarks.Claim.Language;

/// <summary>
/// A context-free grammar with weights, written as text: <c>NP# -> 6 D# N# | 1 D# N# P NP@</c>. A number before an alternative is its
/// weight, 1 if there is none. <c>#</c> stands for singular or plural, the same through a rule; <c>@</c> for one chosen for itself.
/// Words that head no rule stand for themselves; a text is words, and the first rule's symbol is a sentence.
/// </summary>
internal sealed class Grammar
{
    private const string Agreeing = "#", Free = "@";

    private static readonly string[] Numbers = ["s", "p"];

    private readonly Dictionary<string, Rule> _rules = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">A line is no rule.</exception>
    public Grammar(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var sides = line.Split("->", StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || sides[0].Length == 0 || sides[0].Contains(' ')) throw new FormatException($"'{line}' is no rule");
            var head = sides[0];
            foreach (var number in head.EndsWith(Agreeing, StringComparison.Ordinal) ? Numbers : [""])
            {
                var name = number.Length == 0 ? head : head[..^1] + number;
                Alternative[] alternatives = [.. sides[1].Split('|', StringSplitOptions.TrimEntries).SelectMany(a => Expand(a, number))];
                if (!_rules.TryAdd(name, new Rule(alternatives))) throw new FormatException($"two rules for {name}");
                Start ??= name;
            }
        }

        if (Start is null) throw new FormatException("a grammar has a rule");
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The symbol of a sentence.</summary>
    public string Start { get; }

    /// <summary>The grammar that comes with this program: a small language with agreement and relative clauses.</summary>
    public static Grammar Standard()
    {
        using var stream = typeof(Grammar).Assembly.GetManifestResourceStream("Rules.txt")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return new Grammar(reader.ReadToEnd().ReplaceLineEndings("\n"));
    }

    /// <summary>The rule of a symbol, or null for a word.</summary>
    public Rule? RuleOf(string symbol) => _rules.GetValueOrDefault(symbol);

    /// <summary>One weighted way to spell a symbol.</summary>
    public sealed record Alternative(int Weight, string[] Symbols);

    /// <summary>All ways to spell a symbol, with the share of each in the coder's range.</summary>
    public sealed class Rule(Alternative[] alternatives)
    {
        private readonly int _total = alternatives.Sum(a => a.Weight);

        public IReadOnlyList<Alternative> Alternatives => alternatives;

        public Interval IntervalOf(int choice)
        {
            var start = Bound(choice);
            return new Interval(start, Bound(choice + 1) - start);
        }

        /// <summary>The alternative whose interval holds a quantile.</summary>
        public int Find(uint quantile)
        {
            var choice = 0;
            while (Bound(choice + 1) <= quantile) choice++;
            return choice;
        }

        private uint Bound(int choice) => (uint)((ulong)alternatives.Take(choice).Sum(a => a.Weight) * Interval.Total / (ulong)_total);
    }

    private static IEnumerable<Alternative> Expand(string alternative, string number)
    {
        var words = alternative.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) throw new FormatException("an alternative is empty");
        var weighted = int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var weight);
        var symbols = weighted ? words[1..] : words;
        if (symbols.Length == 0 || (weighted && weight < 1)) throw new FormatException($"'{alternative}' spells nothing");
        // In a rule without a number of its own, # is chosen once for the alternative.
        var agreeing = number.Length == 0 && symbols.Any(s => s.EndsWith(Agreeing, StringComparison.Ordinal)) ? Numbers : [number];
        var free = symbols.Any(s => s.EndsWith(Free, StringComparison.Ordinal)) ? Numbers : [""];
        // Alternatives with fewer variants keep their weight against those with more.
        var share = (weighted ? weight : 1) * Numbers.Length * Numbers.Length / (agreeing.Length * free.Length);
        return agreeing.SelectMany(a => free.Select(f => new Alternative(share, [.. symbols.Select(s => Replace(s, a, f))])));
    }

    private static string Replace(string symbol, string agreeing, string free) =>
        symbol.EndsWith(Agreeing, StringComparison.Ordinal) ? symbol[..^1] + agreeing
        : symbol.EndsWith(Free, StringComparison.Ordinal) ? symbol[..^1] + free
        : symbol;
}
