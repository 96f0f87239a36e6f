using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Compressor.Records;

/// <summary>
/// What a model knows when it has learned a dictionary, learned once. Each thread that codes records has a copy of its own, which goes back to this
/// after each record or group. For any number of threads.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the dictionary, which is not disposed of; the tables are freed by their finalizers.")]
internal sealed class PreparedDictionary
{
    /// <summary>Room of a copy in bytes; longer records get one that is made for them.</summary>
    private const int UsualRoom = 1 << 21;

    private static readonly ConcurrentDictionary<RecordForm, Lazy<PreparedDictionary>> WithoutSamples = new();

    private readonly ConcurrentBag<RecordModel> _idle = [];
    private readonly RecordModel _origin;

    /// <summary>Learns samples.</summary>
    public PreparedDictionary(RecordForm form, IReadOnlyList<ReadOnlyMemory<byte>> samples)
    {
        _origin = new RecordModel(form, samples.Sum(sample => sample.Length + 1));
        foreach (var sample in samples)
            _origin.Learn(sample.Span);
    }

    /// <summary>That of a dictionary, or of none.</summary>
    public static PreparedDictionary For(RecordForm form, LmzDictionary? dictionary) => dictionary is not null
        ? dictionary.For(form)
        : WithoutSamples.GetOrAdd(form, key => new Lazy<PreparedDictionary>(() => new PreparedDictionary(key, []))).Value;

    /// <summary>Lends a copy, to be given back by <see cref="Return"/>.</summary>
    /// <param name="room">Bytes that it will learn, line ends included.</param>
    public RecordModel Rent(int room) =>
        room > UsualRoom ? new RecordModel(_origin, room) : _idle.TryTake(out var model) ? model : new RecordModel(_origin, UsualRoom);

    /// <summary>Takes a copy back, whatever it has learned since.</summary>
    public void Return(RecordModel model)
    {
        model.Reset();
        if (model.Room == UsualRoom)
            _idle.Add(model);
        else
            model.Dispose();
    }
}
