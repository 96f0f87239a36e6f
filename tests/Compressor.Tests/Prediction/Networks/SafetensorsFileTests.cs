using System.Text;
using Compressor.Prediction.Networks;

namespace Compressor.Tests.Prediction.Networks;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void WhatIsSavedIsLoaded()
    {
        var bytes = Sample();
        var file = SafetensorsFile.Load(bytes);
        Assert.Equal(["a", "b"], file.Names);
        Assert.Equal([1.5f, -2f, 0f], file.Get("b", ElementType.F32, 3).Floats.ToArray());
        Assert.Equal([-127, 127, 3, 4], file.Get("a", ElementType.I8, 2, 2).Int8.ToArray());
        Assert.Equal("yes", file.Metadata["trained"]);
        using var again = new MemoryStream();
        file.Save(again);
        Assert.Equal(bytes, again.ToArray());
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var bytes = Sample();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Load(bytes.AsMemory(0, length)));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", "F16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", "'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,4],"data_offsets":[0,4]}}""", "'a'")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", "header")]
    [InlineData("""{"a":3}""", "header")]
    [InlineData("""[]""", "header")]
    [InlineData("""{"a" """, "header")]
    public void MalformedHeadersAreRefusedByName(string header, string mentioned)
    {
        var json = Encoding.UTF8.GetBytes(header);
        byte[] file = [.. BitConverter.GetBytes((long)json.Length), .. json, 0, 0, 0, 0];
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Load(file));
        Assert.Contains(mentioned, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongShapesAreNamed()
    {
        var file = SafetensorsFile.Load(Sample());
        Assert.Contains("[2, 2]", Assert.Throws<InvalidDataException>(() => file.Get("a", ElementType.I8, 4)).Message, StringComparison.Ordinal);
        Assert.Contains("'c'", Assert.Throws<InvalidDataException>(() => file.Get("c", ElementType.I8, 4)).Message, StringComparison.Ordinal);
    }

    private static byte[] Sample()
    {
        var file = new SafetensorsFile();
        file.Add("b", [1.5f, -2f, 0f], 3);
        file.Add("a", [-127, 127, 3, 4], 2, 2);
        file.Metadata["trained"] = "yes";
        using var stream = new MemoryStream();
        file.Save(stream);
        return stream.ToArray();
    }
}
