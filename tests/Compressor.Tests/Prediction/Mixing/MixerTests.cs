using Compressor.Kernels;
using Compressor.Prediction.Mixing;

namespace Compressor.Tests.Prediction.Mixing;

public sealed class MixerTests
{
    private const int Bits = 3000, FinalContexts = 7, MaxInput = 2 * Logistic.Limit;

    private static readonly (int Contexts, int Rate)[] Sets = [(3, 120), (1, 400), (40, 384), (5, 100), (2, 24), (9, 1)];

    public static TheoryData<string> Supported() =>
        [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported).Select(set => set.ToString())];

    [Theory]
    [MemberData(nameof(Supported))]
    public void All_forms_give_the_integers_of_the_scalar_one(string name)
    {
        var set = Enum.Parse<InstructionSet>(name);
        foreach (var (inputs, extreme) in new[] { (16, false), (48, false), (48, true), (64, true) })
            Assert.Equal(Logits(InstructionSet.Scalar, inputs, extreme), Logits(set, inputs, extreme));
    }

    [Fact]
    public void It_learns_which_input_is_right()
    {
        var logits = Logits(InstructionSet.Scalar, 16, extreme: false);
        var late = Enumerable.Range(Bits / 2, Bits / 2).Average(i => Math.Abs(logits[i]));
        var early = Enumerable.Range(0, Bits / 20).Average(i => Math.Abs(logits[i]));
        Assert.True(late > 2 * early, $"{early} → {late}");
    }

    /// <summary>What a mixer says of bits that its last input knows; extreme: all inputs at their limits, and bits that nothing knows.</summary>
    private static unsafe int[] Logits(InstructionSet set, int inputs, bool extreme)
    {
        using var mixer = new Mixer(inputs, Sets, FinalContexts, 24, 1 << 16, 1 << 11, set);
        using var memory = new ZeroedArray<int>(inputs);
        var random = new Random(inputs);
        var logits = new int[Bits];
        for (var i = 0; i < Bits; i++)
        {
            var bit = random.Next(2);
            foreach (ref var input in memory.Span)
                input = extreme ? (random.Next(2) * 2 - 1) * MaxInput : random.Next(-200, 201);
            if (!extreme)
                memory.Span[^1] = bit == 1 ? 600 : -600;
            for (var s = 0; s < Sets.Length; s++)
                mixer.Choose(s, random.Next(Sets[s].Contexts));
            logits[i] = mixer.Mix(memory.Pointer, i % FinalContexts);
            mixer.Update(memory.Pointer, bit);
        }

        return logits;
    }
}
