namespace Compressor.Training.Tests;

public class LearningRateTests
{
    private static readonly TrainingRecipe Recipe = TinyModel.Recipe with { LearningRate = 1, WarmupSteps = 100, FinalRate = 0.01, DecayPart = 0.5 };

    [Fact]
    public void RisesStaysAndFallsToTheFinalRate()
    {
        Assert.Equal(0.01, Recipe.LearningRateAt(0, 1000), 12);
        Assert.Equal(1, Recipe.LearningRateAt(99, 1000), 12);
        Assert.Equal(1, Recipe.LearningRateAt(499, 1000), 12);
        Assert.InRange(Recipe.LearningRateAt(500, 1000), 0.99, 0.9999);
        Assert.Equal(0.505, Recipe.LearningRateAt(500 + 250, 1000), 2);
        Assert.Equal(0.01, Recipe.LearningRateAt(999, 1000), 12);
    }

    [Theory]
    [InlineData(0.5, 500)]
    [InlineData(0.25, 750)]
    [InlineData(2.0 / 3, 334)]
    public void ADecayThatStartsNowIsItsPartOfTheRun(double part, long start)
    {
        var recipe = Recipe with { DecayPart = part };
        Assert.All(Enumerable.Range(0, 1000), step => Assert.Equal(step, recipe.DecayStart(recipe.TotalForDecayAt(step))));
        Assert.Equal(start, recipe.DecayStart(1000));
    }

    [Fact]
    public void ATimedRunStartsAsALongOneDoes() =>
        Assert.All(Enumerable.Range(0, 100), step => Assert.Equal(Recipe.LearningRateAt(step, 5000), Recipe.LearningRateAt(step, null)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void AShortRunHasPositiveRates(int steps) =>
        Assert.All(Enumerable.Range(0, steps), step => Assert.InRange(Recipe.LearningRateAt(step, steps), 0.0099, 1));
}
