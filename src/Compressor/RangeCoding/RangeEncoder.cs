namespace Compressor.RangeCoding;

/// <summary>
/// Turns a sequence of intervals into bytes: −log2(width / total) bits for each, within 10⁻⁷ of a bit, and at most one
/// byte more at the end. See <c>docs/range-coding.md</c> for the derivation.
/// </summary>
/// <remarks>
/// The message so far stands for a half-open interval of numbers in [0, 1). With n bytes written, read as a number
/// W of n base-256 digits after the point, that interval is
/// <code>[W + low·256^-n·2^-64, W + (low + range)·256^-n·2^-64)</code>
/// Invariants, true between any two calls:
/// <list type="bullet">
/// <item>(*1) 2^56 ≤ range &lt; 2^64, so that range / 2^30 keeps at least 26 significant bits.</item>
/// <item>(*2) The interval lies within the one of the message before, and all lie within [0, 1).</item>
/// </list>
/// </remarks>
internal sealed class RangeEncoder
{
    private const ulong MinRange = 1UL << 56;

    private byte[] _written = new byte[256];
    private int _length;
    private ulong _low;
    private ulong _range = ulong.MaxValue; // (*1); the last 2^-64 of [0, 1) is never used

    /// <summary>Starts another message.</summary>
    public void Reset()
    {
        (_length, _low) = (0, 0);
        _range = ulong.MaxValue;
    }

    /// <summary>Appends one symbol.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is empty or leaves [0, <see cref="Interval.Total"/>).</exception>
    public void Encode(Interval interval)
    {
        if (interval.Width == 0 || interval.Width > Interval.Total || interval.Start > Interval.Total - interval.Width)
            throw new ArgumentOutOfRangeException(nameof(interval), interval, "Not within the range of probabilities.");

        // By (*1), 2^26 ≤ scale. Since start + width ≤ 2^30 and scale·2^30 ≤ range, the new [low, low + range) lies
        // within the old one: (*2) holds. What the division cuts off the top of the range is less than 2^-26 of it.
        var scale = _range >> Interval.PrecisionBits;
        var low = _low + (scale * interval.Start);
        if (low < _low)
            Carry();
        _low = low;
        _range = scale * interval.Width;

        // 2^26 ≤ range now, as 1 ≤ width. Moving the top byte of low to W multiplies range by 256 and leaves the
        // interval as it is. At most four times, then (*1) holds again; range never exceeds 256·(2^56 − 1) < 2^64.
        while (_range < MinRange)
        {
            Write((byte)(_low >> 56));
            _low <<= 8;
            _range <<= 8;
        }
    }

    /// <summary>Appends a binary decision.</summary>
    /// <param name="bit">0 or 1.</param>
    /// <param name="probability">Of a 1, of 2^16; in [1, 2^16 − 1].</param>
    public void EncodeBit(int bit, int probability) => Encode(Interval.OfBit(bit, probability));

    /// <summary>Ends the message; nothing can be encoded after.</summary>
    /// <returns>The whole message.</returns>
    public ReadOnlySpan<byte> Finish()
    {
        // A decoder takes the bytes after the end for zeros, so any number in the interval names the message. If
        // W + 256^-n, with a carry, or W itself is in it, no byte is needed. Otherwise one is enough: as range ≥ 2^56,
        // the first multiple of 2^56 from low on is in the interval, and it is below 2^64, which is not.
        var pastTop = _low + _range < _low; // low + range > 2^64, as the sum wraps; equal to 2^64 wraps to 0: not within
        if (pastTop && _low + _range != 0)
            Carry();
        else if (_low != 0)
            Write((byte)((_low + (MinRange - 1)) >> 56));
        return _written.AsSpan(0, _length);
    }

    private void Write(byte value)
    {
        if (_length == _written.Length)
            Array.Resize(ref _written, _length * 2);
        _written[_length++] = value;
    }

    /// <summary>
    /// low has passed 2^64: adds one to W. By (*2) the sum stays below 1, so that some byte before the run of 255s at
    /// the end of W takes the carry.
    /// </summary>
    private void Carry()
    {
        var i = _length - 1;
        while (_written[i] == 0xFF)
            _written[i--] = 0;
        _written[i]++;
    }
}
