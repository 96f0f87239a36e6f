using System.CommandLine;
using System.Globalization;
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

    public ModelsCommand(ToolContext context)
        : base("models", "Lists models: name, id, parameters, size in bytes, folder.")
    {
        Add(_folders);
        Add(new ImportCommand(context));
        SetAction(result => List(context, result.GetValue(_folders) ?? []));
    }

    public override string Examples => $"""
        compressor models
        compressor models my-models
        compressor models import SmolLM2-135M my-models/smollm    makes a quantised copy of a model of another kind
        {ModelCatalog.DirectoriesVariable}=my-models compressor models    installs those of another folder for one command
        """;

    private static int List(ToolContext context, string[] folders)
    {
        var rows = new List<string[]> { Headings };
        foreach (var folder in folders is [] ? context.Models.Installed() : folders.SelectMany(folder => Expand(context, folder)))
        {
            try
            {
                var model = context.Models.Load(folder);
                rows.Add([model.Name, model.Id.ToString(), Text(ModelCatalog.ParametersOf(folder)), Text(model.Size), folder]);
            }
            catch (Exception e) when (ErrorReport.IsExpected(e))
            {
                context.Errors.Add(ErrorReport.ReasonOf(e));
            }
        }

        if (rows.Count > 1)
            context.Streams.WriteReport(TextTable.Of(rows, rightAligned: [2, 3]));
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

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
