namespace Compressor.Cli.Files;

/// <summary>A file to read.</summary>
/// <param name="Path">Its path; <see cref="Conversion.FileConverter.StandardInput"/> for standard input.</param>
/// <param name="Below">What stands for it below <c>--output-dir</c>: its name, or its path from the folder that was given.</param>
internal sealed record InputFile(string Path, string Below)
{
    public static InputFile Of(string path) => new(path, System.IO.Path.GetFileName(path));
}
