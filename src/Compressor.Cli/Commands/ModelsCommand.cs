using System.CommandLine;
using System.Globalization;
using System.Text;
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
        var rows = new List<string[]> { Headings };
        foreach (var folder in FoldersOf(context, folders))
        {
            try
            {
                var model = context.Models.Load(folder);
                rows.Add([model.Name, model.Id.ToString(), Text(ModelCatalog.ParametersOf(folder)), Text(ModelCatalog.SizeOf(folder)), folder]);
            }
            catch (Exception e) when (ErrorReport.IsExpected(e))
            {
                context.Errors.Add(ErrorReport.ReasonOf(e));
            }
        }

        if (asJson)
            context.Streams.WriteReport(ToJson(rows));
        else if (rows.Count > 1)
            context.Streams.WriteReport(TextTable.Of(rows, rightAligned: [2, 3]));
        else if (!context.Errors.Any)
            context.Errors.Add("there are no models");
        return context.Errors.Any ? Tool.Failure : 0;
    }

    private static string ToJson(List<string[]> rows)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, FileSummary.JsonOptions))
        {
            json.WriteStartArray();
            foreach (var row in rows.Skip(1))
            {
                json.WriteStartObject();
                json.WriteString("name", row[0]);
                json.WriteString("id", row[1]);
                json.WriteNumber("parameters", long.Parse(row[2], CultureInfo.InvariantCulture));
                json.WriteNumber("bytes", long.Parse(row[3], CultureInfo.InvariantCulture));
                json.WriteString("folder", row[4]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
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

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
