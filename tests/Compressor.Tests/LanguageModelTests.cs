using System.IO.Compression;
using System.Text;
using Compressor.Blocks;
using Compressor.Frames;
using Compressor.Symbols;
using Compressor.Tests.Prediction.Networks;

namespace Compressor.Tests;

public sealed class LanguageModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("compressor-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void LoadedModelsCompress()
    {
        var model = LanguageModel.Load(Write("tiny"));
        Assert.Equal("tiny", model.Name);
        var content = SampleBytes.Text(3000); // even a random model gains
        using var target = new MemoryStream();
        FrameCompressor.Compress(
            new MemoryStream(content), target, new LmzCompressionOptions { Model = model }, new BlockSettings { Bytes = false }, null, CancellationToken.None);
        var compressed = target.ToArray();
        Assert.Equal(LmzBlockType.TransformerAndMixing, Lmz.ReadInfo(new MemoryStream(compressed))[0].Blocks[0].Type);
        Assert.Equal(content, Lmz.Decompress(compressed, new LmzDecompressionOptions { Models = [LanguageModel.Load(Write("tiny"))] }));
    }

    [Fact]
    public void WhateverTheLevelDecompressingNeedsNoModelToBeNamed()
    {
        var content = Encoding.ASCII.GetBytes("The clerk wrote down the number of the house and the name of the street, and then he went home.");
        foreach (var (level, model) in new[] { (6, LanguageModel.Default), (9, LanguageModel.Base) })
        {
            var compressed = Lmz.Compress(content, new LmzCompressionOptions { Level = level });
            Assert.Equal([model.Id], Lmz.ReadInfo(new MemoryStream(compressed))[0].ModelIds);
            Assert.Equal(content, Lmz.Decompress(compressed));
        }
    }

    [Fact]
    public void TheSizeIsThatOfTheFiles()
    {
        var folder = Write("sized");
        Assert.Equal(Directory.GetFiles(folder).Sum(file => new FileInfo(file).Length), LanguageModel.Load(folder).Size);
    }

    [Fact]
    public void TheIdIsThatOfTheContent()
    {
        var id = LanguageModel.Load(Write("one")).Id;
        var config = Path.Combine(Write("two"), "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\n", "\r\n\t"));
        Assert.Equal(id, LanguageModel.Load(Path.GetDirectoryName(config)!).Id);
        Assert.NotEqual(id, LanguageModel.Load(Write("three", seed: 2)).Id);
        Assert.NotEqual(id, LanguageModel.Load(Write("four", letter: 'b')).Id);
    }

    [Fact]
    public void AModelCanBeOneFile()
    {
        var folder = Write("zipped");
        foreach (var inFolder in (bool[])[true, false])
        {
            using var archive = new MemoryStream();
            ZipFile.CreateFromDirectory(folder, archive, CompressionLevel.Fastest, includeBaseDirectory: inFolder);
            archive.Position = 0;
            var model = LanguageModel.Load(archive, "other name");
            Assert.Equal((LanguageModel.Load(folder).Id, "other name"), (model.Id, model.Name));
            Assert.True(archive.CanRead);
        }
    }

    [Fact]
    public void ArchivesMustHoldAModel()
    {
        var folder = Write("zipped");
        File.WriteAllText(Path.Combine(folder, "config.json"), new string(' ', 2 << 20));
        Assert.Contains("longer than", Zipped().Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "config.json"));
        Assert.Contains("config.json", Zipped().Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => LanguageModel.Load(new MemoryStream(SampleBytes.Random(1000)), "x"));

        InvalidDataException Zipped()
        {
            using var archive = new MemoryStream();
            ZipFile.CreateFromDirectory(folder, archive);
            archive.Position = 0;
            return Assert.Throws<InvalidDataException>(() => LanguageModel.Load(archive, "x"));
        }
    }

    [Fact]
    public void FilesMustBeThereAndFit()
    {
        Assert.Throws<FileNotFoundException>(() => LanguageModel.Load(_folder));
        var folder = Write("five");
        using (var file = File.Create(Path.Combine(folder, "tokenizer.json")))
            TokenizerFile.Save(new Tokenizer([('a', 'b')]), file);
        Assert.Contains("258", Assert.Throws<InvalidDataException>(() => LanguageModel.Load(folder)).Message, StringComparison.Ordinal);
    }

    private string Write(string name, int seed = 1, char letter = 'a')
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        var config = RandomModel.Config();
        var merges = new List<(int, int)> { (letter, letter) };
        while (merges.Count < config.VocabularySize - Tokenizer.FirstMerge)
            merges.Add((letter, Tokenizer.FirstMerge + merges.Count - 1)); // aa, aaa, aaaa …
        using (var file = File.Create(Path.Combine(folder, "config.json")))
            config.Save(file);
        using (var file = File.Create(Path.Combine(folder, "tokenizer.json")))
            TokenizerFile.Save(new Tokenizer(merges), file);
        using (var file = File.Create(Path.Combine(folder, "model.safetensors")))
            RandomModel.Weights(config, seed).Save(file);
        return folder;
    }
}
