using System.Text;
using Compressor.Samples;
using Microsoft.Data.Sqlite;

namespace Compressor.Benchmarks.Tests;

/// <summary>The samples do what they say.</summary>
public sealed class SampleTests : IDisposable
{
    private static readonly LmzDictionary Dictionary = LmzDictionary.Train([.. Enumerable.Range(5000, 300).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Json(i)))], 1 << 13);
    private readonly string _folder = Directory.CreateTempSubdirectory("samples-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ALogIsQueriedByTime()
    {
        var path = Path.Combine(_folder, "log.lmr");
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using (var log = new NdjsonLog(path, Dictionary))
        {
            for (var i = 0; i < 500; i++)
                log.Write(start.AddSeconds(i), new { number = i, action = "opened" });
            log.Flush();
            Assert.Equal(
                Enumerable.Range(100, 11).Select(i => $"{{\"number\":{i},\"action\":\"opened\"}}"),
                NdjsonLog.Query(path, Dictionary, start.AddSeconds(100), start.AddSeconds(110)).Select(e => e.Json));
        }
    }

    [Fact]
    public void AColumnIsReadInSql()
    {
        var column = new CompressedColumn(Dictionary);
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        column.AddTo(connection);
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE events (id INTEGER PRIMARY KEY, content BLOB)";
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO events VALUES ($id, $content)";
        for (var i = 0; i < 100; i++)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$id", i);
            command.Parameters.AddWithValue("$content", column.ToStored(Json(i)));
            command.ExecuteNonQuery();
        }

        command.Parameters.Clear();
        command.CommandText = "SELECT count(*) FROM events WHERE lmz_decompress(content) ->> 'user' = 'user3'";
        Assert.Equal((long)Enumerable.Range(0, 100).Count(i => i % 17 == 3), command.ExecuteScalar());
        command.CommandText = "SELECT sum(length(content)) FROM events";
        Assert.InRange((long)command.ExecuteScalar()!, 1, Enumerable.Range(0, 100).Sum(i => Json(i).Length) / 3);
    }

    [Fact]
    public void AConsumerReadsOnFromAnyOffset()
    {
        for (var start = 0; start < 100; start += 50)
        {
            using var log = new SegmentLog(_folder, 30, Dictionary);
            for (var i = start; i < start + 50; i++)
                Assert.Equal(i, log.Append(Encoding.UTF8.GetBytes(Json(i))));
        }

        Assert.Equal(4, Directory.GetFiles(_folder).Length);
        Assert.Equal(
            Enumerable.Range(55, 45).Select(i => ((long)i, Json(i))),
            SegmentLog.Read(_folder, 55, Dictionary).Select(message => (message.Offset, Encoding.UTF8.GetString(message.Message))));
    }

    private static string Json(int i) => $"{{\"id\":{i * 7919 % 100_000},\"user\":\"user{i % 17}\",\"action\":\"{(i % 3 == 0 ? "opened" : "closed")}\"}}";
}
