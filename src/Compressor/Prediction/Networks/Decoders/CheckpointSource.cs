using Compressor.Kernels;

namespace Compressor.Prediction.Networks.Decoders;

/// <summary>Where a family keeps a matrix or vector.</summary>
/// <param name="Name">Of the tensor.</param>
/// <param name="Rows">Its rows; 0 for a vector.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="First">The first output in it, where one tensor holds several matrices.</param>
/// <param name="Transposed">Whether outputs are columns.</param>
internal readonly record struct TensorPlace(string Name, int Rows, int Columns, int First = 0, bool Transposed = false);

/// <summary>The weights of a checkpoint, quantised as they are asked for.</summary>
/// <param name="checkpoint">The tensors.</param>
/// <param name="shape">Of the network.</param>
/// <param name="order">Ids of tokens by rank.</param>
/// <param name="find">Says where the family keeps what this engine calls by a name.</param>
internal sealed class CheckpointSource(Checkpoint checkpoint, DecoderShape shape, int[] order, Func<string, TensorPlace> find) : IDecoderSource
{
    /// <inheritdoc/>
    public DigitMatrix Matrix(string name, int outputs, int inputs)
    {
        var place = find(name);
        var tensor = checkpoint.Get(place.Name, place.Rows, place.Columns);
        int[] rows = RowsOf(name), columns = ColumnsOf(name);
        var sourceColumns = place.Transposed ? place.Rows : place.Columns;
        var transposed = place.Transposed ? Transpose(tensor, place) : null;
        return DigitMatrixBuilder.Build(outputs, inputs, (row, values) =>
        {
            values.Clear();
            if (rows[row] == HeadLayout.None) return;
            var source = transposed is null ? new float[sourceColumns].AsSpan() : transposed.AsSpan((rows[row] + place.First) * sourceColumns, sourceColumns);
            if (transposed is null) tensor.Read(rows[row] + place.First, 0, source, DecoderWeights.MaxWeight);
            for (var i = 0; i < columns.Length; i++)
            {
                if (columns[i] != HeadLayout.None) values[i] = source[columns[i]];
            }
        });
    }

    /// <inheritdoc/>
    public NativeData<float> Vector(string name, int length)
    {
        var place = find(name);
        var vector = new NativeData<float>(DigitMatrix.Padded(length));
        if (name == "positions")
        {
            var positions = checkpoint.Get(place.Name, place.Rows, place.Columns);
            for (var p = 0; p < shape.Context; p++)
                positions.Read(p, 0, vector.Span.Slice(p * shape.PaddedHiddenSize, shape.HiddenSize), DecoderWeights.MaxVectorElement);
            return vector;
        }
        var values = new float[place.Columns];
        checkpoint.Get(place.Name, place.Columns).Read(0, 0, values, DecoderWeights.MaxVectorElement);
        var rows = RowsOf(name);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] != HeadLayout.None) vector.Span[i] = values[rows[i] + place.First];
        }
        return vector;
    }

    private static float[] Transpose(TensorRows tensor, TensorPlace place)
    {
        var result = new float[(long)place.Rows * place.Columns];
        var row = new float[place.Columns];
        for (var r = 0; r < place.Rows; r++)
        {
            tensor.Read(r, 0, row, DecoderWeights.MaxWeight);
            for (var c = 0; c < row.Length; c++) result[(long)c * place.Rows + r] = row[c];
        }
        return result;
    }

    private int[] RowsOf(string name) => KindOf(name) switch
    {
        "head" or "embedding" => order,
        "query" => Rotated(shape.Heads),
        "key" => Rotated(shape.KeyValueHeads),
        "query_norm" or "key_norm" => Rotated(1),
        "value" => HeadLayout.Heads(shape.KeyValueHeads, shape.HeadSize, shape.PaddedHeadSize),
        "gate" or "up" => HeadLayout.Plain(shape.IntermediateSize, shape.PaddedIntermediateSize),
        _ => HeadLayout.Plain(shape.HiddenSize, shape.PaddedHiddenSize),
    };

    private int[] ColumnsOf(string name) => KindOf(name) switch
    {
        "output" => HeadLayout.Heads(shape.Heads, shape.HeadSize, shape.PaddedHeadSize),
        "down" => HeadLayout.Plain(shape.IntermediateSize, shape.PaddedIntermediateSize),
        _ => HeadLayout.Plain(shape.HiddenSize, shape.PaddedHiddenSize),
    };

    private int[] Rotated(int heads) => shape.Frequencies is null
        ? HeadLayout.Heads(heads, shape.HeadSize, shape.PaddedHeadSize)
        : HeadLayout.RotatedHeads(heads, shape.HeadSize, shape.PaddedHeadSize);

    /// <summary>"layers.3.query.bias" is a "query".</summary>
    private static string KindOf(string name)
    {
        var parts = name.Split('.');
        return parts[0] == "layers" ? parts[2] : parts[0];
    }
}
