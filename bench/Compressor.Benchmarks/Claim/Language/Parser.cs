namespace Compressor.Benchmarks.Claim.Language;

/// <summary>Finds all ways in which a grammar without left recursion writes a sentence.</summary>
internal sealed class Parser
{
    private readonly Grammar _grammar;
    private readonly string[] _words;
    private readonly Dictionary<(string Symbol, int Start), List<(int End, List<int> Choices)>> _known = [];

    private Parser(Grammar grammar, string[] words) => (_grammar, _words) = (grammar, words);

    /// <summary>The choices of each way, in the order in which they are made from the left.</summary>
    public static List<int>[] Parse(Grammar grammar, string[] words)
    {
        var parser = new Parser(grammar, words);
        return [.. parser.From(grammar.Start, 0).Where(p => p.End == words.Length).Select(p => p.Choices)];
    }

    private List<(int End, List<int> Choices)> From(string symbol, int start)
    {
        if (_grammar.RuleOf(symbol) is not { } rule)
            return start < _words.Length && _words[start] == symbol ? [(start + 1, [])] : [];
        if (_known.TryGetValue((symbol, start), out var known)) return known;
        var found = new List<(int, List<int>)>();
        for (var choice = 0; choice < rule.Alternatives.Count; choice++)
        {
            List<int> chosen = rule.Alternatives.Count == 1 ? [] : [choice];
            var partial = new List<(int End, List<int> Choices)> { (start, chosen) };
            foreach (var part in rule.Alternatives[choice].Symbols)
            {
                partial = [.. partial.SelectMany(p => From(part, p.End).Select(q => (q.End, (List<int>)[.. p.Choices, .. q.Choices])))];
                if (partial.Count == 0) break;
            }

            found.AddRange(partial);
        }

        return _known[(symbol, start)] = found;
    }
}
