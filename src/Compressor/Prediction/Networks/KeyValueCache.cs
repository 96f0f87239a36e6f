using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Compressor.Kernels;

namespace Compressor.Prediction.Networks;


/// <summary>
/// Quantised keys and values of the last positions of one sequence in one layer, laid out as the right-hand sides of
/// <see cref="Int8Product"/>: keys as panels of 32 positions, values as panels of 32 head elements.
/// </summary>
/// <remarks>
/// A sliding buffer of window + <see cref="Slack"/> slots: when it is full the last window slots move to the front,
/// whole panels at a time. Unlike a ring, the positions that a row may see are always one contiguous run, for one row
/// (decoding) and for many (encoding) alike.
/// </remarks>
internal sealed unsafe class KeyValueCache
{
    /// <summary>Slots beyond the window, and so the most rows that can be appended at once.</summary>
    public const int Slack = 32;

    /// <summary>Queries are stored as value + 64 with |value| ≤ 63 (precondition P(b) of <see cref="Int8Product"/>).</summary>
    public const int QueryOffset = 64;

    private readonly int _window, _heads, _headSize;
    private readonly PinnedArray<sbyte> _keys;         // [heads][capacity / 32][headSize / 4][32][4]
    private readonly PinnedArray<sbyte> _values;       // [heads][headSize / 32][capacity / 4][32][4]
    private readonly PinnedArray<int> _keyBias;        // [heads][capacity]: −64 · Σ key
    private readonly PinnedArray<float> _keyScales, _valueScales;   // [heads][capacity]

    public KeyValueCache(AttentionShape shape)
    {
        _window = shape.Window;
        _heads = shape.KeyValueHeads;
        _headSize = shape.HeadSize;
        Capacity = shape.Window + Slack;
        _keys = new PinnedArray<sbyte>((long)_heads * Capacity * _headSize);
        _values = new PinnedArray<sbyte>((long)_heads * Capacity * _headSize);
        _keyBias = new PinnedArray<int>((long)_heads * Capacity);
        _keyScales = new PinnedArray<float>((long)_heads * Capacity);
        _valueScales = new PinnedArray<float>((long)_heads * Capacity);
    }

    public int Capacity { get; }

    /// <summary>Slots in use.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes from one panel of a head's values to the next.</summary>
    public long ValuePanelStride => (long)Capacity * Int8Product.PanelWidth;

    /// <summary>Keys of a head from a slot that is a multiple of 32.</summary>
    public sbyte* Keys(int head, int slot) => _keys.Pointer + ((long)head * Capacity + slot) * _headSize;

    /// <summary>First panel of a head's values from a slot that is a multiple of 4.</summary>
    public sbyte* Values(int head, int slot) => _values.Pointer + (long)head * Capacity * _headSize + (long)slot * Int8Product.PanelWidth;

    public int* KeyBias(int head, int slot) => _keyBias.Pointer + head * Capacity + slot;

    public float* KeyScales(int head, int slot) => _keyScales.Pointer + head * Capacity + slot;

    public float* ValueScales(int head, int slot) => _valueScales.Pointer + head * Capacity + slot;

    /// <summary>Makes room for up to <see cref="Slack"/> further slots and returns the first of them.</summary>
    public int Reserve(int rows)
    {
        if (Length + rows > Capacity) Slide((Length - _window) / Int8Product.PanelWidth * Int8Product.PanelWidth);
        var first = Length;
        Length += rows;
        return first;
    }

    /// <summary>Forgets all positions.</summary>
    public void Clear() => Length = 0;

    /// <summary>Quantises and stores one head's key and value [headSize] at a reserved slot.</summary>
    public void Store(int head, int slot, float* key, float* value, RowKernels kernels)
    {
        var bytes = stackalloc int[_headSize / 4];
        *KeyScales(head, slot) = kernels.Quantize(key, _headSize, 127f, 0, (byte*)bytes);
        var keyGroup = (int*)Keys(head, slot / Int8Product.PanelWidth * Int8Product.PanelWidth) + slot % Int8Product.PanelWidth;
        for (var g = 0; g < _headSize / 4; g++) keyGroup[g * Int8Product.PanelWidth] = bytes[g];
        *KeyBias(head, slot) = -QueryOffset * Sum((sbyte*)bytes, _headSize);

        *ValueScales(head, slot) = kernels.Quantize(value, _headSize, 127f, 0, (byte*)bytes);
        for (var panel = 0; panel < _headSize / Int8Product.PanelWidth; panel++)
            Insert((sbyte*)bytes + panel * Int8Product.PanelWidth, (int*)(Values(head, slot / 4 * 4) + panel * ValuePanelStride), slot % 4);
    }

    private static int Sum(sbyte* bytes, int n)
    {
        var sum = Vector128<short>.Zero;   // at most 512 / 16 · 2 · 127
        for (var i = 0; i < n; i += 16)
        {
            var row = Vector128.Load(bytes + i);
            sum += Vector128.WidenLower(row) + Vector128.WidenUpper(row);
        }
        return Vector128.Sum(Vector128.WidenLower(sum) + Vector128.WidenUpper(sum));
    }

    /// <summary>Puts each of 32 bytes into one of the four of its column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Insert(sbyte* bytes, int* columns, int place)
    {
        var others = Vector128.Create(~(0xFF << 8 * place));
        for (var i = 0; i < Int8Product.PanelWidth; i += 8)
        {
            var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)(bytes + i)).AsByte());
            Vector128<int> low = Vector128.WidenLower(words).AsInt32(), high = Vector128.WidenUpper(words).AsInt32();
            (Vector128.Load(columns + i) & others | low << 8 * place).Store(columns + i);
            (Vector128.Load(columns + i + 4) & others | high << 8 * place).Store(columns + i + 4);
        }
    }

    /// <summary>Drops the first <paramref name="slots"/>, a multiple of 32.</summary>
    private void Slide(int slots)
    {
        var kept = Length - slots;
        var keptPanels = (kept + Int8Product.PanelWidth - 1) / Int8Product.PanelWidth * Int8Product.PanelWidth;
        for (var head = 0; head < _heads; head++)
        {
            Move(Keys(head, slots), Keys(head, 0), (long)keptPanels * _headSize);
            for (var panel = 0; panel < _headSize / Int8Product.PanelWidth; panel++)
                Move(Values(head, slots) + panel * ValuePanelStride, Values(head, 0) + panel * ValuePanelStride,
                    (long)keptPanels * Int8Product.PanelWidth);
            Move(KeyBias(head, slots), KeyBias(head, 0), kept * 4L);
            Move(KeyScales(head, slots), KeyScales(head, 0), kept * 4L);
            Move(ValueScales(head, slots), ValueScales(head, 0), kept * 4L);
        }
        Length = kept;
    }

    private static void Move(void* source, void* destination, long bytes) =>
        Buffer.MemoryCopy(source, destination, bytes, bytes);
}
