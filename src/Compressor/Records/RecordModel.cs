using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Records;

/// <summary>
/// Records ↔ bits. A record is its bytes and then a line end, which the mixing model predicts like any byte; after every line end a flag says whether
/// the record ends. One after the other, records are learned like one long text, but each begins as if only a line end came before.
/// </summary>
/// <remarks>For one thread. A model that was made from a dictionary's goes back to it by <see cref="Reset"/>.</remarks>
internal sealed class RecordModel : IDisposable
{
    private const byte Terminator = (byte)'\n';
    private const int EndLimit = 255;

    private readonly RecordModel? _origin;
    private readonly UndoLog? _undo;
    private readonly ByteMixingModel _bytes;
    private readonly AdaptiveMap _ends = new(256, EndLimit);   // whether a line end after this byte ends the record
    private readonly RunModel? _runs;                          // null in a form without
    private readonly RangeEncoder _encoder = new();
    private readonly int _capacity;
    private bool _isPrepared = true;                           // whether the contexts of the next byte are made

    /// <summary>A model that has learned nothing.</summary>
    /// <param name="form">Contexts and size of the tables.</param>
    /// <param name="capacity">The most bytes of all records, line ends included.</param>
    public RecordModel(RecordForm form, int capacity)
        : this(form, capacity, null)
    {
        for (var context = 0; context < 256; context++)
            SeedEnd(context);
        StartRecord();
    }

    /// <summary>A model that knows what another does, which must not change from now on.</summary>
    /// <param name="origin">The other.</param>
    /// <param name="capacity">The most bytes of records after those that the other has learned, line ends included.</param>
    public RecordModel(RecordModel origin, int capacity)
        : this(origin.Form, checked(origin.Length + capacity), new UndoLog())
    {
        _origin = origin;
        CopyOrigin();
    }

    private RecordModel(RecordForm form, int capacity, UndoLog? undo)
    {
        Form = form;
        _capacity = capacity;
        _undo = undo;
        _bytes = new ByteMixingModel(form.Shape, form.TableBits, capacity, undo: undo);
        _runs = form.HasRuns ? new RunModel(_bytes.Match, undo) : null;
    }

    public RecordForm Form { get; }

    /// <summary>The most bytes, line ends included, that can be learned yet.</summary>
    public int Room => _capacity - Length;

    private int Length => _bytes.ContentOf(0).Length;

    /// <summary>Learns a record that need not be coded.</summary>
    public void Learn(ReadOnlySpan<byte> record)
    {
        foreach (var value in record)
        {
            Learn(value);
            if (value == Terminator)
                LearnEnd(0);
        }

        Learn(Terminator);
        LearnEnd(1);
        StartRecord();
    }

    /// <summary>Codes a record as a message of its own.</summary>
    /// <returns>The message, valid until the next.</returns>
    public ReadOnlySpan<byte> EncodeAlone(ReadOnlySpan<byte> record)
    {
        _encoder.Reset();
        Encode(record, _encoder);
        return _encoder.Finish();
    }

    /// <summary>Codes a record.</summary>
    public void Encode(ReadOnlySpan<byte> record, RangeEncoder encoder)
    {
        foreach (var value in record)
        {
            Encode(value, encoder);
            if (value == Terminator)
                EncodeEnd(0, encoder);
        }

        Encode(Terminator, encoder);
        EncodeEnd(1, encoder);
        StartRecord();
    }

    /// <summary>Decodes a record.</summary>
    /// <returns>Its bytes, valid until <see cref="Reset"/>.</returns>
    /// <exception cref="InvalidDataException">The message is none of a record that fits into <see cref="Room"/>.</exception>
    public ReadOnlySpan<byte> Decode(RangeDecoder decoder)
    {
        var start = Length;
        while (DecodeByte(decoder) != Terminator || DecodeEnd(decoder) == 0)
        {
        }

        StartRecord();
        return _bytes.ContentOf(0)[start..^1];
    }

    /// <summary>Goes back to what the dictionary has taught.</summary>
    public void Reset()
    {
        if (_origin is null || _undo is null)
            throw new InvalidOperationException("There is nothing to go back to.");
        _isPrepared = true;
        if (_undo.IsOverrun)
        {
            _undo.Clear();
            CopyOrigin();
            return;
        }

        _undo.Undo();
        _bytes.Restore(_origin._bytes);
        _ends.CopyFrom(_origin._ends);
    }

    public void Dispose()
    {
        _bytes.Dispose();
        _ends.Dispose();
        _runs?.Dispose();
        _undo?.Dispose();
    }

    // The line end is the newest byte.
    private int EndContext => Length < 2 ? 0 : _bytes.ContentOf(0)[^2];

    private unsafe void SeedEnd(int context) => *_ends[context] = AdaptiveProbability.Seed(Logistic.One / 2);

    private void CopyOrigin()
    {
        _bytes.CopyFrom(_origin!._bytes);
        _ends.CopyFrom(_origin._ends);
        _runs?.CopyFrom(_origin._runs!);
    }

    private void StartRecord()
    {
        _bytes.StartRecord();
        _isPrepared = true;
    }

    private void PrepareByte()
    {
        if (!_isPrepared)
            _bytes.Prepare();
        _isPrepared = true;
    }

    /// <summary>Of a dictionary everything is learned, that which continues a run too: it may be what a later record has where no run is.</summary>
    private void Learn(byte value)
    {
        if (_runs is not null && _runs.Begin(_bytes.ContentOf(0)))
            LearnRun(value == _runs.Expected ? 1 : 0);
        for (var shift = 7; shift >= 0; shift--)
        {
            _bytes.Predict();
            _bytes.Update((value >> shift) & 1);
        }
    }

    private void LearnRun(int bit)
    {
        _runs!.Update(bit);
        if (bit == 0)
            _bytes.IgnoreMatch();
    }

    private void Encode(byte value, RangeEncoder encoder)
    {
        if (_runs is not null && _runs.Begin(_bytes.ContentOf(0)))
        {
            var hit = value == _runs.Expected ? 1 : 0;
            encoder.EncodeBit(hit, _runs.Predict());
            LearnRun(hit);
            if (hit == 1)
            {
                Append(value);
                return;
            }
        }

        PrepareByte();
        for (var shift = 7; shift >= 0; shift--)
        {
            var bit = (value >> shift) & 1;
            encoder.EncodeBit(bit, _bytes.Predict());
            _bytes.Update(bit);
        }
    }

    private byte DecodeByte(RangeDecoder decoder)
    {
        if (_runs is not null && _runs.Begin(_bytes.ContentOf(0)))
        {
            var expected = _runs.Expected;
            var hit = decoder.DecodeBit(_runs.Predict());
            LearnRun(hit);
            if (hit == 1)
            {
                Append(expected);
                return expected;
            }
        }

        PrepareByte();
        var value = 1;
        while (value < 256)
        {
            var bit = decoder.DecodeBit(_bytes.Predict());
            _bytes.Update(bit);
            value = (value << 1) | bit;
        }

        return (byte)value;
    }

    private void Append(byte value)
    {
        _bytes.Append(value);
        _isPrepared = false;
    }

    private void EncodeEnd(int bit, RangeEncoder encoder)
    {
        encoder.EncodeBit(bit, _ends.Predict(EndContext));
        LearnEnd(bit);
    }

    private int DecodeEnd(RangeDecoder decoder)
    {
        var bit = decoder.DecodeBit(_ends.Predict(EndContext));
        LearnEnd(bit);
        return bit;
    }

    private void LearnEnd(int bit) => _ends.Update(EndContext, bit);
}
