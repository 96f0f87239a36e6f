using Compressor.Benchmarks.Claim;
using Compressor.Benchmarks.Claim.Language;

namespace Compressor.Benchmarks.Tests;

public sealed class GrammarTests
{
    private static readonly Grammar Standard = Grammar.Standard();

    private static readonly string Text = GrammarExperiment.Generate(Standard, 30_000);

    [Fact]
    public void ChoicesGiveTheTextBack()
    {
        var choices = GrammarCoder.Encode(Standard, Text);
        Assert.Equal(Text, GrammarCoder.Decode(Standard, choices));
        Assert.InRange(choices.Length, 1, Text.Length / 5);
    }

    [Fact]
    public void NumbersGiveTheTextBack()
    {
        var text = "b\na\nb\nb\nc\na\n";
        Assert.Equal("b\na\nc\n", SentenceDictionary.ListOf(text));
        Assert.Equal(text, SentenceDictionary.Decode(SentenceDictionary.ListOf(text), SentenceDictionary.Encode(text)));
        Assert.Equal(Text, SentenceDictionary.Decode(SentenceDictionary.ListOf(Text), SentenceDictionary.Encode(Text)));
    }

    /// <summary>One way to write each sentence, so that no code space is wasted.</summary>
    [Fact]
    public void SentencesHaveOneParse() =>
        Assert.All(Text.Split('\n')[..^1], line => Assert.Single(Parser.Parse(Standard, line.Split(' '))));

    [Theory]
    [InlineData("the dogs sleep .", 1)]
    [InlineData("the dog sleep .", 0)]
    [InlineData("the dogs that the cat near the rivers sees sleep .", 1)]
    [InlineData("the dogs that the cat near the rivers sees sleeps .", 0)]
    [InlineData("the dogs that the cat near the rivers see sleep .", 0)]
    [InlineData("these dog sleeps .", 0)]
    [InlineData("the dog sleeps", 0)]
    public void VerbsAgreeAcrossRelativeClauses(string sentence, int parses) =>
        Assert.Equal(parses, Parser.Parse(Standard, sentence.Split(' ')).Length);

    [Fact]
    public void WhatTheGrammarDoesNotWriteIsNamed() =>
        Assert.Contains("'the dog sleep .'", Assert.Throws<InvalidDataException>(() => GrammarCoder.Encode(Standard, "the dog sleep .\n")).Message, StringComparison.Ordinal);

    /// <summary>The free symbol has two variants of an alternative, which together weigh what the other does.</summary>
    [Fact]
    public void VariantsShareTheWeightOfTheirAlternative()
    {
        var grammar = new Grammar("S -> 3 a | 1 B@\nBs -> b\nBp -> c\n");
        var rule = grammar.RuleOf("S")!;
        var eighth = 1u << 27; // of the coder's range of 2^30
        Assert.Equal([0, 0, 1, 1, 2, 2], new uint[] { 0, 6 * eighth - 1, 6 * eighth, 7 * eighth - 1, 7 * eighth, 8 * eighth - 1 }.Select(rule.Find));
    }

    [Theory]
    [InlineData("S = a")]
    [InlineData("S -> a | ")]
    [InlineData("S -> 3")]
    [InlineData("S -> a\nS -> b")]
    [InlineData("")]
    public void BrokenRulesAreErrors(string rules) => Assert.Throws<FormatException>(() => new Grammar(rules));

    [Fact]
    public void DataThatIsCutShortIsAnError()
    {
        var choices = GrammarCoder.Encode(Standard, Text);
        Assert.Throws<InvalidDataException>(() => GrammarCoder.Decode(Standard, choices.AsMemory(0, 2)));
        Assert.Throws<InvalidDataException>(() => GrammarCoder.Decode(Standard, choices.AsMemory(0, choices.Length / 2)));
    }
}
