using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Compressor.Cli.Models;
using Compressor.Cli.Terminal;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor models</c>.</summary>
internal sealed class ModelsCommand : ToolCommand
{
    private static readonly string[] Headings = ["NAME", "ID", "PARAMETERS", "BYTES", "FOLDER"];

    private readonly Argument<string[]> _folders = new("FOLDER")
    {
        Description = "Models, or folders of models, to list instead of the installed ones.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _names = CommonOptions.Flag("--names", null, "Write the names alone, one a line.");
    private readonly Option<bool> _json = CommonOptions.Flag("--json", null, "Write an array of objects, one a model.");

    public ModelsCommand(ToolContext context)
        : base("models", "Lists models: name, id, parameters, size in bytes, folder.")
    {
        Add(_folders);
        Add(new ImportCommand(context));
        Add(_names);
        Add(_json);
        SetAction(result =>
        {
            var folders = result.GetValue(_folders) ?? [];
            return result.GetValue(_names) ? ListNames(context, folders) : List(context, folders, result.GetValue(_json));
        });
    }

    public override string Examples => $"""
        compressor models
        compressor models my-models
        compressor models import SmolLM2-135M my-models/smollm    makes a quantised copy of a model of another kind
        {ModelCatalog.DirectoriesVariable}=my-models compressor models    installs those of another folder for one command
        """;

    /// <summary>Without loading a model: a shell waits for it to complete a word.</summary>
    private static int ListNames(ToolContext context, string[] folders)
    {
        context.Streams.WriteReport(string.Concat(FoldersOf(context, folders).Select(folder => $"{ErrorReport.OneLine(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)))}\n")));
        return context.Errors.Any ? Tool.Failure : 0;
    }

    private static IEnumerable<string> FoldersOf(ToolContext context, string[] folders) =>
        folders is [] ? context.Models.Installed() : folders.SelectMany(folder => Expand(context, folder));

    private static int List(ToolContext context, string[] folders, bool asJson)
    {
        var models = new List<InstalledModel>();
        foreach (var folder in FoldersOf(context, folders))
        {
            try
            {
                var model = context.Models.Load(folder);
                models.Add(new InstalledModel(model.Name, model.Id, ModelCatalog.ParametersOf(folder), model.Size, folder));
            }
            catch (Exception e) when (ErrorReport.IsExpected(e))
            {
                context.Errors.Add(ErrorReport.ReasonOf(e));
            }
        }

        if (asJson)
            context.Streams.WriteReport(JsonReport.Of(models, (json, model) => model.Write(json)));
        else if (models.Count > 0)
            context.Streams.WriteReport(TextTable.Of([Headings, .. models.Select(model => model.ToRow())], rightAligned: [2, 3]));
        else if (!context.Errors.Any)
            context.Errors.Add("there are no models");
        return context.Errors.Any ? Tool.Failure : 0;
    }

    private static List<string> Expand(ToolContext context, string folder)
    {
        if (ModelCatalog.IsModel(folder))
            return [folder];
        var models = ModelCatalog.ModelsIn(folder).ToList();
        if (models.Count == 0)
            context.Errors.Add(folder, "neither a model nor a folder of models");
        return models;
    }

    private sealed record InstalledModel(string Name, ModelId Id, long Parameters, long Size, string Folder)
    {
        public string[] ToRow() => [Name, Id.ToString(), Text(Parameters), Text(Size), Folder];

        public void Write(Utf8JsonWriter json)
        {
            json.WriteString("name", Name);
            json.WriteString("id", Id.ToString());
            json.WriteNumber("parameters", Parameters);
            json.WriteNumber("bytes", Size);
            json.WriteString("folder", Folder);
        }

        private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
    }
}
