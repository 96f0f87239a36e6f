using System.Diagnostics;

namespace Compressor.RangeCoding;

/// <summary>
/// Reads the message of a <see cref="RangeEncoder"/>. For each symbol: <see cref="Quantile"/> says where in the range
/// of probabilities it lies, the model finds the symbol whose interval that is, <see cref="Consume"/> takes it off.
/// </summary>
/// <remarks>
/// With n bytes taken in by the encoder's renormalisation, the decoder holds the next eight as <c>window</c> (zeros
/// after the end) and, in place of low, <c>offset</c> = window − low modulo 2^64. Invariants between any two calls:
/// <list type="bullet">
/// <item>(*1) 2^56 ≤ range &lt; 2^64, and range is the encoder's.</item>
/// <item>(*2) offset &lt; range: the number that the payload stands for is in the interval of the message so far.</item>
/// <item>(*3) n ≤ the length of the payload: an encoder has written those n bytes.</item>
/// </list>
/// A payload that breaks them is no encoder's, and an <see cref="InvalidDataException"/> says so. That a damaged
/// payload stands for another message cannot be seen here; that is what checksums are for.
/// </remarks>
internal sealed class RangeDecoder
{
    private const ulong MinRange = 1UL << 56;
    private const int WindowBytes = 8;

    private readonly ReadOnlyMemory<byte> _payload;
    private int _taken; // n of the remarks
    private ulong _window;
    private ulong _offset;
    private ulong _range = ulong.MaxValue;
    private ulong _scale; // between Quantile and Consume: range / 2^30

    public RangeDecoder(ReadOnlyMemory<byte> payload)
    {
        _payload = payload;
        for (var i = 0; i < WindowBytes; i++)
            _window = (_window << 8) | ByteAt(i);
        _offset = _window; // low = 0
        if (_offset >= _range)
            throw NoMessage();
    }

    /// <summary>Where the next symbol lies, less than <see cref="Interval.Total"/>.</summary>
    /// <exception cref="InvalidDataException">Above all symbols: no encoder wrote this.</exception>
    public uint Quantile()
    {
        _scale = _range >> Interval.PrecisionBits;
        var quantile = _offset / _scale;
        return quantile < Interval.Total ? (uint)quantile : throw NoMessage();
    }

    /// <summary>Takes off the symbol at the last <see cref="Quantile"/>, whose interval this is.</summary>
    /// <exception cref="InvalidDataException">The payload ends before the symbol does.</exception>
    public void Consume(Interval interval)
    {
        // scale·start ≤ offset < scale·(start + width), because quantile = ⌊offset / scale⌋ is in the interval: (*2).
        Debug.Assert(_offset / _scale - interval.Start < interval.Width, "The quantile is not in the interval.");
        _offset -= _scale * interval.Start;
        _range = _scale * interval.Width;

        // As in the encoder. The top byte leaves the window; offset < range < 2^56 loses nothing.
        while (_range < MinRange)
        {
            if (_taken == _payload.Length)
                throw new InvalidDataException($"The payload ends after {_taken} bytes, before the message does.");

            var next = ByteAt(_taken + WindowBytes);
            _taken++;
            _window = (_window << 8) | next;
            _offset = (_offset << 8) | next;
            _range <<= 8;
        }
    }

    /// <summary>Takes off a binary decision, of which a 1 has the probability <paramref name="probability"/> / 2^16.</summary>
    /// <exception cref="InvalidDataException">The payload ends before the decision does, or no encoder wrote this.</exception>
    public int DecodeBit(int probability)
    {
        // ⌊offset / scale⌋ < p exactly when offset < scale·p: no division is needed to see which half it is.
        _scale = _range >> Interval.PrecisionBits;
        if (_offset >= _scale << Interval.PrecisionBits)
            throw NoMessage();
        var bit = _offset < _scale * Interval.OfBit(1, probability).Width ? 1 : 0;
        Consume(Interval.OfBit(bit, probability));
        return bit;
    }

    /// <summary>Checks that the message ends here, exactly as the encoder ends it.</summary>
    /// <exception cref="InvalidDataException">Bytes are left over, or the end is not what an encoder writes.</exception>
    public void Finish()
    {
        // No byte after the n: the window is all zeros, and by (*2) W or W + 256^-n is in the interval.
        var rest = _payload.Length - _taken; // ≥ 0 by (*3)
        if (rest == 0)
            return;

        // One byte: it must have been needed, so that 0 < low and low + range ≤ 2^64, and be the first that serves.
        // offset ≤ window excludes a low that borrows, and the first that serves is less than 2^56 above low.
        var low = _window - _offset;
        var needed = _offset < _window && _range - 1 <= ulong.MaxValue - low;
        if (rest > 1 || !needed || _offset >= MinRange)
            throw new InvalidDataException($"The message ends after {_taken} bytes and the payload has {_payload.Length}.");
    }

    private byte ByteAt(int index) => index < _payload.Length ? _payload.Span[index] : (byte)0;

    private static InvalidDataException NoMessage() => new("The payload stands for no message.");
}
