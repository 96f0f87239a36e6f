using System.Runtime.Intrinsics;

namespace Compressor.Tensors.Kernels;

internal static unsafe partial class Attention
{
    /// <summary>
    /// Gradients of <see cref="Forward"/>, shapes as there; dq, dk and dv are overwritten. The probabilities are computed again from
    /// q, k and logSumExp. The heads of a group add to their dk and dv in order.
    /// </summary>
    public static void Backward(
        float* q, float* k, float* v, float* o, float* dO, float* logSumExp, float* dq, float* dk, float* dv,
        int batchHeads, int kvGroup, int length, int headDim, float scale) =>
        WorkerPool.Run(batchHeads / kvGroup, kvHead =>
        {
            var area = new Area(length, headDim);
            nint head = (nint)length * headDim;
            float* next = (_scratch ??= new ScratchBuffer()).Rent(
                2 * area.KeyPanels + area.ValuePanels + 2 * area.Scores + area.QueryPanels);
            var work = new BackwardWork
            {
                Keys = next,
                Values = next + area.KeyPanels,
                KeyRows = next + 2 * area.KeyPanels,
                Probabilities = next + 2 * area.KeyPanels + area.ValuePanels,
                ScoreGradients = next + 2 * area.KeyPanels + area.ValuePanels + area.Scores,
                QueryRows = next + 2 * area.KeyPanels + area.ValuePanels + 2 * area.Scores,
            };
            PanelPacking.Pack(true, headDim, length, k + kvHead * head, headDim, area.Width, work.Keys);
            PanelPacking.Pack(true, headDim, length, v + kvHead * head, headDim, area.Width, work.Values);
            PanelPacking.Pack(false, length, headDim, k + kvHead * head, headDim, area.Width, work.KeyRows);
            new Span<float>(dk + kvHead * head, (int)head).Clear();
            new Span<float>(dv + kvHead * head, (int)head).Clear();
            for (int member = 0; member < kvGroup; member++)
            {
                nint index = (nint)kvHead * kvGroup + member, offset = index * head;
                BackwardHead(
                    q + offset, o + offset, dO + offset, logSumExp + index * length, dq + offset, dk + kvHead * head, dv + kvHead * head,
                    work, area, scale);
            }
        });

    private static void BackwardHead(
        float* q, float* o, float* dO, float* logSumExp, float* dq, float* dk, float* dv, BackwardWork work, Area area, float scale)
    {
        int headDim = area.HeadDim;
        nint stride = area.ScoreStride;
        for (int start = 0; start < area.Length; start += QueryBlock)
        {
            int rows = Math.Min(QueryBlock, area.Length - start), visible = start + rows;
            nint block = (nint)start * headDim;

            // p = exp(scale · q kᵀ − logSumExp), dp = dO vᵀ, ds = p (dp − dO·o) scale
            MatrixProduct.MultiplyPacked(
                rows, visible, headDim, q + block, headDim, 1, work.Keys, area.KeyPanelStride, work.Probabilities, stride, false);
            MatrixProduct.MultiplyPacked(
                rows, visible, headDim, dO + block, headDim, 1, work.Values, area.KeyPanelStride, work.ScoreGradients, stride, false);
            for (int row = 0; row < rows; row++)
            {
                nint at = block + (nint)row * headDim;
                float along = LaneTree.Dot(dO + at, o + at, headDim);
                BackwardRow(
                    work.Probabilities + row * stride, work.ScoreGradients + row * stride, start + row + 1, visible,
                    logSumExp[start + row], along, scale);
            }

            // dq = ds k, dv += pᵀ dO, dk += dsᵀ q
            MatrixProduct.MultiplyPacked(
                rows, headDim, visible, work.ScoreGradients, stride, 1, work.KeyRows, area.ValuePanelStride, dq + block, headDim, false);
            nint panelStride = (nint)rows * area.Width;
            PanelPacking.Pack(false, rows, headDim, dO + block, headDim, area.Width, work.QueryRows);
            MatrixProduct.MultiplyPacked(
                visible, headDim, rows, work.Probabilities, 1, stride, work.QueryRows, panelStride, dv, headDim, true);
            PanelPacking.Pack(false, rows, headDim, q + block, headDim, area.Width, work.QueryRows);
            MatrixProduct.MultiplyPacked(
                visible, headDim, rows, work.ScoreGradients, 1, stride, work.QueryRows, panelStride, dk, headDim, true);
        }
    }

    /// <summary>Turns a row of scores into probabilities, and the row of their gradients into the gradients of the scores.</summary>
    private static void BackwardRow(
        float* scores, float* gradients, int unmasked, int visible, float logSumExp, float along, float scale)
    {
        Vector512<float> factor = Vector512.Create(scale), shift = Vector512.Create(logSumExp), offset = Vector512.Create(along);
        for (int j = 0; j < visible; j += LaneTree.Lanes)
        {
            Vector512<float> p = Exponential.Exp(Vector512.Load(scores + j) * factor - shift);
            Vector512<float> ds = p * (Vector512.Load(gradients + j) - offset) * factor;
            if (j > unmasked - LaneTree.Lanes)
            {
                Vector512<float> mask = FirstLanes(unmasked - j);
                p = Vector512.ConditionalSelect(mask, p, Vector512<float>.Zero);
                ds = Vector512.ConditionalSelect(mask, ds, Vector512<float>.Zero);
            }

            p.Store(scores + j);
            ds.Store(gradients + j);
        }
    }

    /// <summary>The work area of one key/value head.</summary>
    private struct BackwardWork
    {
        public float* Keys; // kᵀ in panels
        public float* Values; // vᵀ in panels
        public float* KeyRows; // k in panels
        public float* QueryRows; // a block of q or dO in panels
        public float* Probabilities; // [QueryBlock, ScoreStride]
        public float* ScoreGradients; // [QueryBlock, ScoreStride]
    }
}
