namespace Compressor.Tensors.Kernels;

internal static unsafe partial class MatrixProduct
{
    /// <summary>The definition of <see cref="Multiply"/>: one fused multiply-add per step, k increasing, one chain per output.</summary>
    public static void MultiplyReference(
        bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc, bool accumulate)
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                float sum = accumulate ? c[(long)i * ldc + j] : 0f;
                for (int p = 0; p < k; p++)
                {
                    float left = transposeA ? a[(long)p * lda + i] : a[(long)i * lda + p];
                    float right = transposeB ? b[(long)j * ldb + p] : b[(long)p * ldb + j];
                    sum = MathF.FusedMultiplyAdd(left, right, sum);
                }

                c[(long)i * ldc + j] = sum;
            }
        }
    }
}
