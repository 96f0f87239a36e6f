using Compressor.Cli.Parts;

namespace Compressor.Cli.Manifests;

/// <summary>A piece of the work: a file, or a part of a long one.</summary>
/// <param name="File">The file to compress.</param>
/// <param name="Target">The compressed file that is wanted in the end.</param>
/// <param name="Length">The length of the file in bytes.</param>
/// <param name="Modified">When it was last changed. If it is longer ago or newer now, the plan is of another file.</param>
/// <param name="Part">Which part; 1/1 for the whole file.</param>
/// <param name="Cost">What it is expected to take, in bytes of content.</param>
/// <param name="Share">The number of the process that does it, from 1.</param>
internal sealed record ManifestItem(string File, string Target, long Length, DateTime Modified, LmzPart Part, long Cost, int Share)
{
    public bool IsPart => Part.Count > 1;

    /// <summary>What doing it makes.</summary>
    public string Output => IsPart ? PartFile.NameOf(Target, Part) : Target;

    /// <summary>How people call it.</summary>
    public string Name => IsPart ? $"{File}, part {Part}" : File;

    /// <summary>Whether the compressed file is there, whole, and as old as the source: outputs have the time of what they were made of.</summary>
    public bool IsJoined() => System.IO.File.Exists(Target) && System.IO.File.GetLastWriteTimeUtc(Target) == Modified;

    /// <summary>Whether the work is done, as far as a look at the outputs tells: they have their names only when they are whole.</summary>
    public bool IsDone()
    {
        if (IsJoined())
            return true;
        if (!IsPart || !System.IO.File.Exists(Output))
            return false;
        try
        {
            var info = PartFile.LoadDescription(Output);
            return info.Part == Part && info.SourceModified?.UtcDateTime == Modified && info.DataLength == new FileInfo(Output).Length;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return false;
        }
    }
}
