using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

/// <summary>
/// Causal softmax attention, a block of query rows at a time, so that scores never leave the cache and the masked upper triangle is
/// skipped but for the diagonal blocks. Threads take whole key/value heads.
/// </summary>
internal static unsafe partial class Attention
{
    private const int QueryBlock = 64;

    [ThreadStatic]
    private static ScratchBuffer? _scratch;

    /// <summary>
    /// o = softmax(scale · q kᵀ + causal mask) v. q, o: [batchHeads, length, headDim]; k, v: [batchHeads / kvGroup, length, headDim];
    /// logSumExp: [batchHeads, length], kept for the backward pass. scale &gt; 0.
    /// </summary>
    public static void Forward(
        float* q, float* k, float* v, float* o, float* logSumExp, int batchHeads, int kvGroup, int length, int headDim, float scale) =>
        WorkerPool.Run(batchHeads / kvGroup, kvHead =>
        {
            var area = new Area(length, headDim);
            float* keys = (_scratch ??= new ScratchBuffer()).Rent(area.KeyPanels + area.ValuePanels + area.Scores);
            float* values = keys + area.KeyPanels, scores = values + area.ValuePanels;
            nint head = (nint)length * headDim;
            PanelPacking.Pack(true, headDim, length, k + kvHead * head, headDim, area.Width, keys);
            PanelPacking.Pack(false, length, headDim, v + kvHead * head, headDim, area.Width, values);
            for (int member = 0; member < kvGroup; member++)
            {
                nint index = (nint)kvHead * kvGroup + member;
                ForwardHead(q + index * head, keys, values, scores, o + index * head, logSumExp + index * length, area, scale);
            }
        });

    private static void ForwardHead(
        float* q, float* keys, float* values, float* scores, float* o, float* logSumExp, Area area, float scale)
    {
        int headDim = area.HeadDim;
        float* sums = stackalloc float[QueryBlock];
        for (int start = 0; start < area.Length; start += QueryBlock)
        {
            int rows = Math.Min(QueryBlock, area.Length - start), visible = start + rows;
            MatrixProduct.MultiplyPacked(
                rows, visible, headDim, q + (nint)start * headDim, headDim, 1, keys, area.KeyPanelStride, scores, area.ScoreStride, false);
            for (int row = 0; row < rows; row++)
            {
                float max = ExpRow(scores + row * area.ScoreStride, start + row + 1, visible, scale, out sums[row]);
                logSumExp[start + row] = max + Exponential.Log(sums[row]);
            }

            float* output = o + (nint)start * headDim;
            MatrixProduct.MultiplyPacked(
                rows, headDim, visible, scores, area.ScoreStride, 1, values, area.ValuePanelStride, output, headDim, false);
            for (int row = 0; row < rows; row++) Elementwise.ScaleBlock(output + row * headDim, 1f / sums[row], output + row * headDim, headDim);
        }
    }

    /// <summary>row[j] = exp(scale · row[j] − max) for j &lt; unmasked, 0 up to visible; returns max and the sum by the lane tree.</summary>
    private static float ExpRow(float* row, int unmasked, int visible, float scale, out float sum)
    {
        float max = Reduction.Max(row, unmasked) * scale;
        Vector512<float> factor = Vector512.Create(scale), shift = Vector512.Create(max), lanes = Vector512<float>.Zero;
        int j = 0;
        for (; j <= unmasked - LaneTree.Lanes; j += LaneTree.Lanes)
        {
            Vector512<float> e = Exponential.Exp(Vector512.Load(row + j) * factor - shift);
            e.Store(row + j);
            lanes += e;
        }

        if (j < unmasked)
        {
            Vector512<float> e = Exponential.Exp(Vector512.Load(row + j) * factor - shift);
            e = Vector512.ConditionalSelect(FirstLanes(unmasked - j), e, Vector512<float>.Zero);
            e.Store(row + j);
            lanes += e;
            j += LaneTree.Lanes;
        }

        for (; j < visible; j += LaneTree.Lanes) Vector512<float>.Zero.Store(row + j);
        sum = LaneTree.Sum(lanes);
        return max;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FirstLanes(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    /// <summary>Sizes and strides of the packed heads and of the block of scores.</summary>
    private readonly struct Area(int length, int headDim)
    {
        public int Length => length;

        public int HeadDim => headDim;

        public int Width { get; } = MatrixProduct.PanelWidth;

        /// <summary>Floats of kᵀ (or vᵀ) [headDim, length] in panels.</summary>
        public nint KeyPanels => KeyPanelStride * Panels(length);

        public nint KeyPanelStride => (nint)headDim * Width;

        /// <summary>Floats of v (or k) [length, headDim] in panels.</summary>
        public nint ValuePanels => ValuePanelStride * Panels(headDim);

        public nint ValuePanelStride => (nint)length * Width;

        /// <summary>Row stride of the scores: room for whole vectors, and one more so that columns do not share a cache set.</summary>
        public nint ScoreStride => (length + LaneTree.Lanes - 1) / LaneTree.Lanes * LaneTree.Lanes + LaneTree.Lanes;

        public nint Scores => QueryBlock * ScoreStride;

        /// <summary>Floats of one block of query rows [QueryBlock, headDim] in panels.</summary>
        public nint QueryPanels => (nint)QueryBlock * Width * Panels(headDim);

        private nint Panels(int columns) => (columns + Width - 1) / Width;
    }
}
