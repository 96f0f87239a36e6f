using Compressor.Training.Native;

namespace Compressor.Training.Tests.Native;

/// <summary>The edits of TorchSharp's own library. That older systems load the result is what every other test on one shows.</summary>
public class OlderCxxLibraryTests
{
    [Fact]
    public void ThreePlacesAreEdited()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var original = File.ReadAllBytes(LibTorchFolders.FindTorchSharp());
        var adapted = OlderCxxLibrary.Adapt(original);
        Assert.Equal(original.Length, adapted.Length);
        int[] changed = [.. Enumerable.Range(0, original.Length).Where(i => original[i] != adapted[i])];
        var sections = ElfImage.Sections(original);
        // A flag of a needed version; up to four bytes that say where a symbol's name is; up to two that say its version.
        Assert.Equal(1, In(".gnu.version_r"));
        Assert.InRange(In(".dynsym"), 1, 4);
        Assert.InRange(In(".gnu.version"), 1, 2);
        Assert.Equal(changed.Length, In(".gnu.version_r") + In(".dynsym") + In(".gnu.version"));

        int In(string section) => changed.Count(i => i >= sections[section].Offset && i < sections[section].Offset + sections[section].Length);
    }

    [Fact]
    public void WhatItDoesNotKnowIsRefused()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var original = File.ReadAllBytes(LibTorchFolders.FindTorchSharp());
        Assert.Throws<InvalidDataException>(() => OlderCxxLibrary.Adapt("#!/bin/sh"u8));
        Assert.Throws<InvalidDataException>(() => OlderCxxLibrary.Adapt(original.AsSpan(0, original.Length / 2)));
        Assert.Contains("does not import", Assert.Throws<InvalidDataException>(
            () => OlderCxxLibrary.Adapt(Renamed("_ZN2at15get_num_threadsEv"))).Message, StringComparison.Ordinal);
        Assert.Contains("GLIBCXX_3.4.32", Assert.Throws<InvalidDataException>(
            () => OlderCxxLibrary.Adapt(Renamed("GLIBCXX_3.4.32"))).Message, StringComparison.Ordinal);

        byte[] Renamed(string name)
        {
            byte[] image = [.. original];
            var (offset, length) = ElfImage.Sections(image)[".dynstr"];
            var names = image.AsSpan(offset, length);
            byte[] whole = [0, .. System.Text.Encoding.ASCII.GetBytes(name), 0];
            names[names.IndexOf(whole) + 1] = (byte)'x';
            return image;
        }
    }

    [Fact]
    public void AFileIsJudgedByItsHeader()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var original = File.ReadAllBytes(LibTorchFolders.FindTorchSharp());
        var header = original[..ElfImage.HeaderLength];
        Assert.Null(ElfImage.WhatIsWrong(header, original.Length));
        Assert.Contains("cut short", ElfImage.WhatIsWrong(header, original.Length - 1), StringComparison.Ordinal);
        Assert.Contains("not a shared library", ElfImage.WhatIsWrong(header.AsSpan(0, 20), 20), StringComparison.Ordinal);
        Assert.Contains("not a shared library", ElfImage.WhatIsWrong("MZ"u8, 2), StringComparison.Ordinal);
        header[0x12] = 40; // 32-bit ARM
        Assert.Contains("another processor", ElfImage.WhatIsWrong(header, original.Length), StringComparison.Ordinal);
    }
}
