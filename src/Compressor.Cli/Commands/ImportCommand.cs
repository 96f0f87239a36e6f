using System.CommandLine;

namespace Compressor.Cli.Commands;

/// <summary><c>compressor models import</c>.</summary>
internal sealed class ImportCommand : ToolCommand
{
    private readonly Argument<string> _source = new("FOLDER") { Description = "A model as Hugging Face keeps it: config.json, tokenizer.json and model.safetensors." };
    private readonly Argument<string> _destination = new("NAME") { Description = "The folder of the copy, which must not exist." };

    public ImportCommand(ToolContext context)
        : base("import", "Makes a quantised copy of a model of another kind, which loads in no time and takes a byte a weight.")
    {
        Add(_source);
        Add(_destination);
        SetAction(result =>
        {
            var model = LanguageModel.Import(result.GetRequiredValue(_source), result.GetRequiredValue(_destination));
            context.Streams.WriteReport($"{model.Name} {model.Id}\n");
            return 0;
        });
    }

    public override string Examples => """
        compressor models import SmolLM2-135M my-models/smollm
        compressor compress -m my-models/smollm book.txt
        """;
}
