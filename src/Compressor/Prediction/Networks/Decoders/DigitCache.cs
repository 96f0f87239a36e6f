using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>
/// Keys and values of one sequence in one layer, laid out as the right-hand sides of <see cref="Int8Product"/>: keys in two digits as panels of 32 positions, values in 8
/// bits as panels of 32 head elements.
/// </summary>
internal sealed unsafe class DigitCache
{
    private readonly int _capacity, _headSize;
    private readonly PinnedArray<sbyte> _highKeys, _lowKeys;      // [heads][capacity / 32][headSize / 4][32][4]
    private readonly PinnedArray<int> _highStarts, _lowStarts;    // [heads][capacity]: −64 · Σ digits
    private readonly PinnedArray<sbyte> _values;                  // [heads][headSize / 32][capacity / 4][32][4]
    private readonly PinnedArray<float> _keyScales, _valueScales; // [heads][capacity]

    /// <param name="capacity">Positions, a multiple of 32.</param>
    /// <param name="heads">Key/value heads.</param>
    /// <param name="headSize">Width of a head, a multiple of 32.</param>
    public DigitCache(int capacity, int heads, int headSize)
    {
        (_capacity, _headSize) = (capacity, headSize);
        var elements = (long)heads * capacity * headSize;
        (_highKeys, _lowKeys, _values) = (new(elements), new(elements), new(elements));
        var positions = (long)heads * capacity;
        (_highStarts, _lowStarts, _keyScales, _valueScales) = (new(positions), new(positions), new(positions), new(positions));
    }

    /// <summary>Bytes from one panel of a head's values to the next.</summary>
    public long ValuePanelStride => (long)_capacity * Int8Product.PanelWidth;

    /// <summary>High digits of a head's keys from a position that is a multiple of 32.</summary>
    public sbyte* HighKeys(int head, int position) => _highKeys.Pointer + ((long)head * _capacity + position) * _headSize;

    /// <summary>Low digits.</summary>
    public sbyte* LowKeys(int head, int position) => _lowKeys.Pointer + ((long)head * _capacity + position) * _headSize;

    /// <summary>Start values of products with high digits.</summary>
    public int* HighStarts(int head, int position) => _highStarts.Pointer + (long)head * _capacity + position;

    /// <summary>Start values of products with low digits.</summary>
    public int* LowStarts(int head, int position) => _lowStarts.Pointer + (long)head * _capacity + position;

    /// <summary>First panel of a head's values from a position that is a multiple of 4.</summary>
    public sbyte* Values(int head, int position) => _values.Pointer + (long)head * _capacity * _headSize + (long)position * Int8Product.PanelWidth;

    /// <summary>Scales of keys.</summary>
    public float* KeyScales(int head, int position) => _keyScales.Pointer + (long)head * _capacity + position;

    /// <summary>Scales of values.</summary>
    public float* ValueScales(int head, int position) => _valueScales.Pointer + (long)head * _capacity + position;

    /// <summary>Quantises and stores one head's key and value [headSize].</summary>
    public void Store(int head, int position, float* key, float* value, DigitKernels digits, RowKernels rows)
    {
        var bytes = stackalloc byte[2 * _headSize];
        *KeyScales(head, position) = digits.Quantize(key, _headSize, bytes);
        int panel = position / Int8Product.PanelWidth * Int8Product.PanelWidth, place = position % Int8Product.PanelWidth;
        *HighStarts(head, position) = StoreKey(bytes, HighKeys(head, panel), place);
        *LowStarts(head, position) = StoreKey(bytes + _headSize, LowKeys(head, panel), place);

        *ValueScales(head, position) = rows.Quantize(value, _headSize, 127f, 0, bytes);
        for (var i = 0; i < _headSize; i++)
        {
            var column = Values(head, position / 4 * 4) + i / Int8Product.PanelWidth * ValuePanelStride;
            column[i % Int8Product.PanelWidth * 4 + position % 4] = (sbyte)bytes[i];
        }
    }

    /// <summary>Stores digits of a key, without their offset; returns the start value of its products.</summary>
    private int StoreKey(byte* digits, sbyte* panel, int place)
    {
        var sum = 0;
        for (var i = 0; i < _headSize; i++)
        {
            var digit = digits[i] - DigitKernels.Offset;
            panel[(i / 4 * Int8Product.PanelWidth + place) * 4 + i % 4] = (sbyte)digit;
            sum += digit;
        }
        return -DigitKernels.Offset * sum;
    }
}
