using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Compressor.Cli.Commands;

/// <summary>Shows the version.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var version = typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        parseResult.InvocationConfiguration.Output.WriteLine($"{Tool.Name} {version?.InformationalVersion}");
        return 0;
    }
}
