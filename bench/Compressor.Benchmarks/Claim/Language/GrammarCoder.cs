using System.Buffers.Binary;
using System.Text;
using Compressor.RangeCoding;

namespace Compressor.Benchmarks.Claim.Language;

/// <summary>
/// A text as the choices that a grammar makes to write it, each coded with its rule's own probability. Sentences are lines, words are
/// parted by single blanks.
/// </summary>
internal static class GrammarCoder
{
    private const int CountBytes = 4;

    /// <exception cref="InvalidDataException">A line is no sentence of the grammar; it is named.</exception>
    public static byte[] Encode(Grammar grammar, string text)
    {
        var lines = text.Split('\n');
        if (lines[^1].Length > 0) throw new InvalidDataException("the text does not end with a line end");
        var encoder = new RangeEncoder();
        foreach (var line in lines[..^1])
        {
            var parses = Parser.Parse(grammar, line.Split(' '));
            if (parses.Length == 0) throw new InvalidDataException($"'{line}' is no sentence of the grammar");
            var next = 0;
            Walk(grammar, grammar.Start, rule =>
            {
                var choice = parses[0][next++];
                encoder.Encode(rule.IntervalOf(choice));
                return choice;
            }, _ => { });
        }

        var count = new byte[CountBytes];
        BinaryPrimitives.WriteInt32LittleEndian(count, lines.Length - 1);
        return [.. count, .. encoder.Finish()];
    }

    /// <exception cref="InvalidDataException">The data is not an encoder's.</exception>
    public static string Decode(Grammar grammar, ReadOnlyMemory<byte> data)
    {
        if (data.Length < CountBytes) throw new InvalidDataException("the data ends within the number of sentences");
        var count = BinaryPrimitives.ReadInt32LittleEndian(data.Span);
        var decoder = new RangeDecoder(data[CountBytes..]);
        var text = Write(grammar, count, rule =>
        {
            var choice = rule.Find(decoder.Quantile());
            decoder.Consume(rule.IntervalOf(choice));
            return choice;
        });
        decoder.Finish();
        return text;
    }

    /// <summary>Sentences whose choices someone else makes.</summary>
    public static string Write(Grammar grammar, int sentences, Func<Grammar.Rule, int> choose)
    {
        var text = new StringBuilder();
        for (var i = 0; i < sentences; i++)
        {
            Walk(grammar, grammar.Start, choose, word => text.Append(word).Append(' '));
            text[^1] = '\n';
        }

        return text.ToString();
    }

    /// <summary>Spells a symbol from the left; rules with one alternative leave nothing to choose.</summary>
    private static void Walk(Grammar grammar, string symbol, Func<Grammar.Rule, int> choose, Action<string> word)
    {
        if (grammar.RuleOf(symbol) is not { } rule)
        {
            word(symbol);
            return;
        }

        var choice = rule.Alternatives.Count == 1 ? 0 : choose(rule);
        foreach (var part in rule.Alternatives[choice].Symbols) Walk(grammar, part, choose, word);
    }
}
