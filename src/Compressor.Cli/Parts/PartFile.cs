using System.Globalization;
using System.Text;
using Compressor.Cli.Files;

namespace Compressor.Cli.Parts;

/// <summary>A part on the disk: its data, as a part of the file to be, and beside it the description that joining needs.</summary>
internal static class PartFile
{
    private const string DescriptionExtension = ".json";

    /// <summary>The most bytes of a description that are read: each block of the longest part of a petabyte takes 40.</summary>
    private const long MaxDescription = 1L << 30;

    /// <summary>The file of a part of a target. Names are in the order of parts, for the shell.</summary>
    public static string NameOf(string target, LmzPart part)
    {
        var count = part.Count.ToString(CultureInfo.InvariantCulture);
        return $"{target}.{part.Number.ToString(CultureInfo.InvariantCulture).PadLeft(count.Length, '0')}-of-{count}";
    }

    /// <summary>The file with the description of a part.</summary>
    public static string DescriptionOf(string part) => part + DescriptionExtension;

    /// <exception cref="IOException">There is no part of that name, or no description beside it.</exception>
    /// <exception cref="InvalidDataException">The description is none.</exception>
    public static LmzNamedPart Load(string path)
    {
        if (path.EndsWith(DescriptionExtension, StringComparison.Ordinal) && File.Exists(path[..^DescriptionExtension.Length]))
            throw new IOException($"{path}: is the description of a part: name the part");
        if (!File.Exists(path))
            throw new IOException($"{path}: no such part");
        return new LmzNamedPart(path, LoadDescription(path));
    }

    /// <summary>The description of a part whose data may be elsewhere.</summary>
    public static LmzPartInfo LoadDescription(string path)
    {
        var description = DescriptionOf(path);
        try
        {
            using var source = SourceFile.Open(description);
            if (source.Length > MaxDescription)
                throw new InvalidDataException("it is too long to be one");
            using var reader = new StreamReader(source, Encoding.UTF8);
            return LmzPartInfo.FromJson(reader.ReadToEnd());
        }
        catch (IOException e)
        {
            throw new IOException($"{path}: its description '{description}' cannot be read: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: its description '{description}' is damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes a description, over another one if there is one: it counts only together with the data.</summary>
    public static void SaveDescription(string path, LmzPartInfo info, Interruption interruption)
    {
        using var output = new OutputFile(DescriptionOf(path), overwrite: true, null, isDurable: false, interruption);
        output.Stream.Write(Encoding.UTF8.GetBytes(info.ToJson()));
        output.Commit();
    }
}
