namespace Compressor.Cli.Terminal;

/// <summary>Tells the user what went wrong: one line each, <c>compressor: FILE: reason</c>.</summary>
internal sealed class ErrorReport(TextWriter error)
{
    /// <summary>Whether anything was reported.</summary>
    public bool Any => Count > 0;

    /// <summary>How many lines were reported.</summary>
    public int Count { get; private set; }

    /// <summary>Reports what went wrong with a file or a folder.</summary>
    public void Add(string subject, string reason) => Add($"{subject}: {reason}");

    /// <summary>Reports what went wrong with a file or a folder.</summary>
    public void Add(string subject, Exception exception) => Add(subject, ReasonOf(exception));

    /// <summary>Reports what went wrong.</summary>
    public void Add(string message)
    {
        Count++;
        error.WriteLine($"compressor: {OneLine(message)}");
    }

    /// <summary>Whether an exception tells of the data or the system, not of a mistake in this program.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException
            or OutOfMemoryException or System.Security.SecurityException;

    /// <summary>The reason that an exception gives.</summary>
    public static string ReasonOf(Exception exception) => AsReason(exception switch
    {
        ModelNotFoundException e => $"it needs the model {e.Needed}, which is not installed; give its folder with -m",
        OutOfMemoryException => "there is not enough memory",
        _ => exception.Message,
    });

    /// <summary>A sentence as the end of one.</summary>
    public static string AsReason(string message)
    {
        // As .NET writes the name of a file after the system's reason, which may be that of no name.
        message = message.Replace(" : ''", "", StringComparison.Ordinal).Replace(" : '", ": '", StringComparison.Ordinal).TrimEnd('.', ' ');
        return message.Length > 1 && char.IsUpper(message[0]) && char.IsLower(message[1])
            ? char.ToLowerInvariant(message[0]) + message[1..]
            : message;
    }

    /// <summary>File names may hold anything: control characters are not for a terminal.</summary>
    public static string OneLine(string text) =>
        string.Create(text.Length, text, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++)
                line[i] = char.IsControl(text[i]) ? '?' : text[i];
        });
}
