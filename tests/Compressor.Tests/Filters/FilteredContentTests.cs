using Compressor.Filters;

namespace Compressor.Tests.Filters;

public class FilteredContentTests
{
    private static readonly byte[] Content = [.. SampleBytes.Wrapped(8000, 60).SelectMany(value => value == '\n' ? "\r\n"u8.ToArray() : [value])];

    [Fact]
    public void BothFiltersAreUndoneInTurn()
    {
        var filtered = FilteredContent.Of(Content);
        Assert.Equal(LmzFilter.LineEnds | LmzFilter.LineBreaks, filtered.Header.Applied);
        Assert.Equal(filtered.Data.Length, filtered.Header.DataLength);
        Assert.True(filtered.Text.Length < Content.Length);
        Assert.Equal(Content, filtered.Undo(Content.Length));
        Assert.Throws<InvalidDataException>(() => filtered.Undo(Content.Length - 1));
    }

    /// <summary>A fault of a filter costs its gain, not the content.</summary>
    [Theory]
    [InlineData(Fault.LosesAByte)]
    [InlineData(Fault.ChangesAByte)]
    [InlineData(Fault.RefusesItsOwn)]
    [InlineData(Fault.ConfusesItsData)]
    public void AFilterThatDoesNotGiveTheContentBackIsNotUsed(Fault fault)
    {
        IFilter lineEnds = new LineEndFilter(), lineBreaks = new LineBreakFilter();
        var without = FilteredContent.Of(Content, lineEnds, new Broken(lineBreaks, fault));
        Assert.Equal(LmzFilter.LineEnds, without.Header.Applied);
        Assert.Equal(Content, without.Undo(Content.Length));
        var neither = FilteredContent.Of(Content, new Broken(lineEnds, fault), new Broken(lineBreaks, fault));
        Assert.Equal(LmzFilter.None, neither.Header.Applied);
        Assert.Empty(neither.Data);
        Assert.Same(Content, neither.Text);
    }

    public enum Fault
    {
        LosesAByte,
        ChangesAByte,
        RefusesItsOwn,
        ConfusesItsData,
    }

    private sealed class Broken(IFilter filter, Fault fault) : IFilter
    {
        public LmzFilter Flag => filter.Flag;

        public FilterResult? Apply(ReadOnlySpan<byte> content)
        {
            if (filter.Apply(content) is not var (text, data))
                return new FilterResult(content[..^1].ToArray(), []);
            var changed = text.ToArray();
            changed[text.Length / 2] ^= 1;
            return fault switch
            {
                Fault.LosesAByte => new FilterResult(text[..^1], data),
                Fault.ChangesAByte => new FilterResult(changed, data),
                Fault.ConfusesItsData => new FilterResult(text, [20]),
                _ => new FilterResult(text, data),
            };
        }

        public byte[] Undo(ReadOnlySpan<byte> text, ReadOnlyMemory<byte> data, int maxBytes) =>
            fault == Fault.RefusesItsOwn ? throw new InvalidDataException("not mine") : filter.Undo(text, data, maxBytes);
    }
}
