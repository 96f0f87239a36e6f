
namespace Compressor.Cli.Commands;

/// <summary><c>compressor records</c>: commands on containers of records.</summary>
internal sealed class RecordsCommand : ToolCommand
{
    /// <summary>What the name of a container ends in.</summary>
    public const string Extension = ".lmr";

    public RecordsCommand(ToolContext context)
        : base("records", "Packs many small records, such as lines of JSON, into one file that any of them can be read from.")
    {
        Add(new RecordsPackCommand(context));
        Add(new RecordsCatCommand(context));
        Add(new RecordsInfoCommand(context));
        Add(new RecordsRecoverCommand(context));
    }

    public override string Examples => """
        compressor records pack events.ndjson                          makes events.ndjson.lmr
        compressor records cat --records 100-200 events.ndjson.lmr
        compressor records info events.ndjson.lmr
        compressor records recover -o whole.lmr damaged.lmr
        """;
}
