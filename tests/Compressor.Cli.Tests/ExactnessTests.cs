using System.Text;

namespace Compressor.Cli.Tests;

/// <summary>One file, whatever the machine can do: the whole tool and its own model, held to less than this machine has.</summary>
public sealed class ExactnessTests(TestModels models) : ToolTest(models)
{
    /// <summary>Where in the data of less than 16 KiB the profile of its only block is: after the frame header, and a type, a length of two bytes and a filter.</summary>
    private const int ProfileOffset = 8 + 4;

    [Theory]
    [InlineData("COMPRESSOR_INSTRUCTION_SET=scalar")]
    [InlineData("DOTNET_EnableAVX512=0")]
    [InlineData("DOTNET_EnableAVX2=0")]
    [InlineData("DOTNET_EnableHWIntrinsic=0")]
    public void LesserMachinesReadAndWriteTheSameBytes(string variable)
    {
        var content = Text(700);
        var compressed = Lmz.Compress(content);
        Assert.Contains(Lmz.ReadInfo(new MemoryStream(compressed)), frame => frame.NeedsModel);

        var writer = OnLesserMachine(content, "compress", variable);
        AssertSucceeds(writer);
        Assert.Equal(content.Length, Lmz.Decompress(writer.Output).Length);
        // The tool cannot seek its input and so leaves out the length; the blocks are the same.
        Assert.Equal(CompressUnseekable(content), writer.Output);

        var reader = OnLesserMachine(compressed, "decompress", variable);
        AssertSucceeds(reader);
        Assert.Equal(content, reader.Output);
    }

    [Theory]
    [InlineData("COMPRESSOR_INSTRUCTION_SET=scalar")]
    [InlineData("DOTNET_EnableAVX512=0")]
    [InlineData("DOTNET_EnableHWIntrinsic=0")]
    public void TheMemoryAloneIsAlsoTheSameEverywhere(string variable)
    {
        byte[] content = [.. Enumerable.Range(0, 6000).Select(i => (byte)(i % 12 == 0 ? i / 12 : i % 12 == 5 ? i * i >> 7 : i % 12))];
        var compressed = Lmz.Compress(content);
        Assert.Equal(LmzBlockType.ContextMixing, Assert.Single(Assert.Single(Lmz.ReadInfo(new MemoryStream(compressed))).Blocks).Type);

        var writer = OnLesserMachine(content, "compress", variable);
        AssertSucceeds(writer);
        Assert.Equal(CompressUnseekable(content), writer.Output);

        var reader = OnLesserMachine(compressed, "decompress", variable);
        AssertSucceeds(reader);
        Assert.Equal(content, reader.Output);
    }

    [Theory]
    [InlineData("P6 61 80 255\n", "COMPRESSOR_INSTRUCTION_SET=scalar")]
    [InlineData("P6 61 80 255\n", "DOTNET_EnableAVX512=0")]
    [InlineData("P6 61 80 255\n", "DOTNET_EnableAVX2=0")]
    [InlineData("P6 61 80 255\n", "DOTNET_EnableFMA=0")]
    [InlineData("P6 61 80 255\n", "DOTNET_EnableHWIntrinsic=0")]
    [InlineData("RIFF", "COMPRESSOR_INSTRUCTION_SET=scalar")]
    [InlineData("RIFF", "DOTNET_EnableAVX512=0")]
    [InlineData("RIFF", "DOTNET_EnableAVX2=0")]
    [InlineData("RIFF", "DOTNET_EnableHWIntrinsic=0")]
    public void SamplesAreAlsoTheSameEverywhere(string header, string variable)
    {
        var content = header == "RIFF" ? Sound() : [.. Encoding.ASCII.GetBytes(header), .. Picture()];
        var compressed = Lmz.Compress(content);
        Assert.Equal(LmzBlockType.ContextMixing, Assert.Single(Assert.Single(Lmz.ReadInfo(new MemoryStream(compressed))).Blocks).Type);
        Assert.Equal(8, compressed[ProfileOffset]);

        var writer = OnLesserMachine(content, "compress", variable);
        AssertSucceeds(writer);
        Assert.Equal(CompressUnseekable(content), writer.Output);

        var reader = OnLesserMachine(compressed, "decompress", variable);
        AssertSucceeds(reader);
        Assert.Equal(content, reader.Output);
    }

    [Fact]
    public void AnUnknownInstructionSetIsAnError()
    {
        var run = OnLesserMachine(Text(100), "compress", "COMPRESSOR_INSTRUCTION_SET=abacus");
        AssertFails(run, "abacus");
    }

    /// <summary>61 by 80 pixels: parabolas, and noise without a sine of this machine.</summary>
    private static IEnumerable<byte> Picture() => Enumerable.Range(0, 61 * 3 * 80).Select(i =>
    {
        int x = i / 3 % 61, y = i / 183;
        return (byte)(20 + ((((x - 30) * (x - 30)) + (y * y / 4) + (x * y / 2)) / 20) + (i % 3 * 9) + (Noise(i) & 7));
    });

    /// <summary>Mono of 16 bits.</summary>
    private static byte[] Sound()
    {
        var samples = Enumerable.Range(0, 5000).Select(i => (short)((((i % 200) - 100) * ((i % 200) - 100)) + (3 * Math.Abs((i % 314) - 157)) + (Noise(i) & 63)));
        return [.. Convert.FromHexString("524946460000000057415645666D74201000000001000100401F0000803E0000020010006461746110270000"), .. samples.SelectMany(BitConverter.GetBytes)];
    }

    private static int Noise(int i) => (int)(((uint)(i + 1) * 2654435761u * (uint)((i * i) + 12345)) >> 20);

    private ToolRun OnLesserMachine(byte[] input, string command, string variable) =>
        ToolRun.Start(Folder.Path, models: "", [command], input, variable);

    private static byte[] CompressUnseekable(byte[] content)
    {
        using var compressed = new MemoryStream();
        using var source = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        using var end = new System.IO.Pipes.AnonymousPipeClientStream(System.IO.Pipes.PipeDirection.In, source.ClientSafePipeHandle);
        source.Write(content);
        source.Dispose();
        Lmz.Compress(end, compressed);
        return compressed.ToArray();
    }
}
