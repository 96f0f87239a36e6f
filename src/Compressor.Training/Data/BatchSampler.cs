namespace Compressor.Training.Data;

/// <summary>
/// Cuts a mixture of token streams into training sequences. A step's batch is a function of (seed, step) alone, so a resumed run
/// sees what an uninterrupted one would have. The streams take turns by <see cref="MixtureSchedule"/>; each goes through its windows
/// in its own <see cref="WindowOrder"/>, all of them before any for a second time.
/// </summary>
internal sealed class BatchSampler
{
    private readonly int _sequences;
    private readonly int _length;
    private readonly MixtureSchedule _schedule;
    private readonly WindowOrder[] _windows; // [source]

    /// <param name="mixture">The token streams.</param>
    /// <param name="sequences">Sequences in a batch.</param>
    /// <param name="length">Tokens in a sequence, T.</param>
    /// <param name="seed">Decides offsets and order.</param>
    public BatchSampler(TokenMixture mixture, int sequences, int length, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _sequences = sequences;
        _length = length;
        _schedule = new MixtureSchedule(mixture.Parts(), DeterministicRandom.For(seed, ulong.MaxValue));
        _windows = [.. Enumerable.Range(0, mixture.Count).Select(source => new WindowOrder(mixture[source], length, seed))];
    }

    /// <summary>Windows in which every stream is covered once.</summary>
    public int WindowsPerEpoch => _windows.Sum(order => order.WindowsPerEpoch);

    /// <summary>The batch of step <paramref name="step"/> (from 0).</summary>
    public Batch Sample(long step)
    {
        var batch = new Batch(_sequences, _length);
        for (var row = 0; row < _sequences; row++)
        {
            var (source, index) = _schedule[step * _sequences + row];
            _windows[source].Fill(index, batch.Inputs.AsSpan(row * _length, _length), batch.Targets.AsSpan(row * _length, _length));
        }

        return batch;
    }
}
