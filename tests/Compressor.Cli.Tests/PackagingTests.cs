using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Compressor.Cli.Tests;

/// <summary>
/// The packages as others get them, from a local folder: the tool is installed and used, and the README's code is compiled against the
/// library and run. Nothing is fetched from elsewhere.
/// </summary>
public sealed partial class PackagingTests : IDisposable
{
    private readonly Scratch _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_tool_is_installed_and_used()
    {
        var version = Pack("Compressor.Cli", "Lmz.Compressor.Tool");
        Run("dotnet", "tool", "install", "Lmz.Compressor.Tool", "--version", version, "--tool-path", "tools", "--configfile", "nuget.config");
        var tool = _folder.File(OperatingSystem.IsWindows() ? "tools/compressor.exe" : "tools/compressor");
        Assert.InRange(new FileInfo(_folder.File($"feed/Lmz.Compressor.Tool.{version}.nupkg")).Length, 1, 40_000_000); // no libtorch in it
        var content = ToolTestText();
        _folder.Write("notes.txt", content);
        Assert.Equal($"compressor {version}\n", Run(tool, "--version").ReplaceLineEndings("\n"));
        Run(tool, "compress", "notes.txt");
        Assert.Contains("(en-fast)", Run(tool, "info", "notes.txt.lmz"), StringComparison.Ordinal);
        Assert.InRange(new FileInfo(_folder.File("notes.txt.lmz")).Length, 1, content.Length / 2);
        Run(tool, "compress", "-9", "-o", "small.lmz", "notes.txt");
        Assert.Contains("(en-base)", Run(tool, "info", "small.lmz"), StringComparison.Ordinal);
        Run(tool, "decompress", "-o", "again.txt", "notes.txt.lmz");
        Assert.Equal(content, _folder.Read("again.txt"));
    }

    [Fact]
    public void The_readme_compiles_against_the_library_and_runs()
    {
        var version = Pack("Compressor", "Lmz.Compressor");
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var code = CodeBlock().Match(readme).Groups[1].Value;
        Assert.Contains("LmzStream", code, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.File("app"));
        File.WriteAllText(_folder.File("app/app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestorePackagesPath>../packages</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Lmz.Compressor" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(_folder.File("app/Program.cs"), code + """
            Console.WriteLine(content.AsSpan().SequenceEqual(File.ReadAllBytes("book.txt")) && page.AsSpan(0, count).SequenceEqual(content.AsSpan(5000, count)));
            """);
        Run("dotnet", "build", "app", "-o", "out", "--disable-build-servers");
        _folder.Write("book.txt", ToolTestText());
        TestModels.Write(_folder.File("my-model"), seed: 5);
        Assert.Equal("True", Run("dotnet", "exec", "out/app.dll").Trim());
    }

    /// <summary>Packs what is built, and has the folder know of no other source.</summary>
    /// <returns>The version.</returns>
    private string Pack(string project, string package)
    {
        // The tests were built as the rest is: artifacts/bin/PROJECT/CONFIGURATION.
        var configuration = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Name;
        Run("dotnet", "pack", Path.Combine(Repository.Root, "src", project), "--no-build", "-c", configuration, "-o", "feed", "--disable-build-servers");
        File.WriteAllText(_folder.File("nuget.config"), """
            <configuration>
              <packageSources>
                <clear />
                <add key="feed" value="feed" />
              </packageSources>
            </configuration>
            """);
        var name = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(_folder.File("feed"), "*.nupkg")));
        Assert.StartsWith(package + ".", name, StringComparison.Ordinal);
        return name[(package.Length + 1)..];
    }

    /// <summary>Runs a program in the folder.</summary>
    /// <returns>Its standard output.</returns>
    private string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        // Not the variables of the build that may have started this test.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["COMPRESSOR_MODELS"] = "";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{errors.Result}");
        return output;
    }

    private static byte[] ToolTestText() =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("The clerk wrote down the number of the house and the name of the street. ", 200)));

    [GeneratedRegex(@"```csharp\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
