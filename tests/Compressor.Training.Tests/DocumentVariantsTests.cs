using System.Text;
using Compressor.Training.Data;

namespace Compressor.Training.Tests;

public class DocumentVariantsTests
{
    private static readonly TextDocument Wrapped = new("a.txt", Encoding.UTF8.GetBytes(
        string.Join('\n', Enumerable.Repeat("Alice was beginning to get very tired of sitting é\nby her sister on the bank, and of having nothing\nto do", 40))));

    /// <summary>As the codec shows text to the model, but for one in eight: not all text can be joined.</summary>
    [Fact]
    public void MostDocumentsLoseTheirLineBreaks()
    {
        Assert.Equal(Wrapped.Text.Length, Wrapped.WithoutLineBreaks().Text.Length);
        var breaks = Enumerable.Range(0, 16).Select(i => Breaks(DocumentVariants.Of(Wrapped, i).First())).ToList();
        Assert.Equal([7, 15], Enumerable.Range(0, 16).Where(i => breaks[i] == Breaks(Wrapped)));
        Assert.All(breaks.Where((_, i) => i % 8 != 7), left => Assert.InRange(left, 0, Breaks(Wrapped) / 2));
    }

    [Fact]
    public void SomeAreSeenInCapitalsAndSomeWithoutAny()
    {
        Assert.All(Enumerable.Range(0, 64).Where(i => i % 32 is not (8 or 24)), i => Assert.Single(DocumentVariants.Of(Wrapped, i)));
        var lower = Assert.Single(DocumentVariants.Of(Wrapped, 8).Skip(1));
        var upper = Assert.Single(DocumentVariants.Of(Wrapped, 24).Skip(1));
        Assert.StartsWith("alice was beginning to get very tired of sitting é", Encoding.UTF8.GetString(lower.Text), StringComparison.Ordinal);
        Assert.StartsWith("ALICE WAS BEGINNING TO GET VERY TIRED OF SITTING é", Encoding.UTF8.GetString(upper.Text), StringComparison.Ordinal);
    }

    private static int Breaks(TextDocument document) => document.Text.Count((byte)'\n');
}
