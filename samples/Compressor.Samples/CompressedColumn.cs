using System.Text;
using Microsoft.Data.Sqlite;

namespace Compressor.Samples;

/// <summary>A column of compressed text in SQLite: values go in as BLOBs, and SQL sees them as text by <c>lmz_decompress(column)</c>.</summary>
/// <param name="dictionary">Made from values of before; keep it, for example in a table of its own.</param>
/// <param name="level">As <see cref="LmzRecordOptions.Level"/>.</param>
public sealed class CompressedColumn(LmzDictionary dictionary, int level = LmzRecordOptions.MinLevel)
{
    /// <summary>Makes the function known to a connection.</summary>
    public void AddTo(SqliteConnection connection) =>
        connection.CreateFunction("lmz_decompress", (byte[]? value) => value is null ? null : FromStored(value), isDeterministic: true);

    /// <summary>What to store for a text: the value converter's way in.</summary>
    public byte[] ToStored(string text) => LmzBatch.Compress(Encoding.UTF8.GetBytes(text), dictionary, level);

    /// <summary>The text that was stored: the way out.</summary>
    public string FromStored(byte[] value) => Encoding.UTF8.GetString(LmzBatch.Decompress(value, dictionary));
}
