using System.Text;
using Compressor.Training.Data;

namespace Compressor.Training.Tests;

public class TextFolderTests
{
    [Fact]
    public void ReadsTextInOrdinalOrderOfPaths()
    {
        using var folder = new TemporaryFolder();
        folder.File("b.txt", "b");
        folder.File("B.txt", "B");
        folder.File("a/z.txt", "z");
        Assert.Equal(["B.txt", "a/z.txt", "b.txt"], TextFolder.Read(folder.Path).Select(d => d.Path));
    }

    [Fact]
    public void LeavesOutEmptyAndBinaryFilesAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        folder.File("empty", "");
        folder.File("binary", [1, 0, 2]);
        folder.File("text", "text");
        var notes = new List<string>();
        Assert.Equal(["text"], TextFolder.Read(folder.Path, notes.Add).Select(d => d.Path));
        Assert.Equal(["binary: binary, skipped", "empty: empty, or no regular file; skipped"], notes);
    }

    [Fact]
    public void APipeIsNotWaitedFor()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TemporaryFolder();
        folder.File("text", "text");
        using (var process = System.Diagnostics.Process.Start("mkfifo", folder.At("pipe")))
            process.WaitForExit();
        File.CreateSymbolicLink(folder.At("link to it"), "pipe");
        File.CreateSymbolicLink(folder.At("link to text"), "text");
        var notes = new List<string>();
        Assert.Equal(["link to text", "text"], TextFolder.Read(folder.Path, notes.Add).Select(d => d.Path));
        Assert.Equal(["link to it: empty, or no regular file; skipped", "pipe: empty, or no regular file; skipped"], notes);
    }

    [Theory]
    [InlineData("a\r\nb\r\n", "a\nb\n")]
    [InlineData("a\rb\n", "a\rb\n")]
    [InlineData("\r\r\n\r", "\r\n\r")]
    [InlineData("no line end", "no line end")]
    public void NormalisesLineEnds(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.File("f", text);
        Assert.Equal(expected, Encoding.UTF8.GetString(Assert.Single(TextFolder.Read(folder.Path)).Text));
    }

    [Fact]
    public void SaysWhatIsWrongWithAFolder()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("nowhere", Assert.Throws<DirectoryNotFoundException>(() => TextFolder.Read(folder.At("nowhere"))).Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, Assert.Throws<InvalidDataException>(() => TextFolder.Read(folder.Path)).Message, StringComparison.Ordinal);
    }
}
