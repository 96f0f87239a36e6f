namespace Compressor.Tensors.Kernels;

// Register tiles: all of C's tile stays in registers while k runs, and every element is one chain of fused multiply-adds.
internal static unsafe partial class MatrixProduct
{
    /// <summary>C[12, 2 vectors] (+)= A[12, k] · B[k, 2 vectors]; A's element (i, p) is at a[i · rowStride + p · stepStride], B is a packed panel.</summary>
    private static void Tile12x2<TVector, TSimd>(
        int k, float* a, nint rowStride, nint stepStride, float* b, float* c, nint ldc, bool accumulate)
        where TSimd : ISimd<TVector>
    {
        int width = TSimd.Count;
        TVector c00 = TSimd.Broadcast(0f), c01 = TSimd.Broadcast(0f);
        TVector c10 = TSimd.Broadcast(0f), c11 = TSimd.Broadcast(0f);
        TVector c20 = TSimd.Broadcast(0f), c21 = TSimd.Broadcast(0f);
        TVector c30 = TSimd.Broadcast(0f), c31 = TSimd.Broadcast(0f);
        TVector c40 = TSimd.Broadcast(0f), c41 = TSimd.Broadcast(0f);
        TVector c50 = TSimd.Broadcast(0f), c51 = TSimd.Broadcast(0f);
        TVector c60 = TSimd.Broadcast(0f), c61 = TSimd.Broadcast(0f);
        TVector c70 = TSimd.Broadcast(0f), c71 = TSimd.Broadcast(0f);
        TVector c80 = TSimd.Broadcast(0f), c81 = TSimd.Broadcast(0f);
        TVector c90 = TSimd.Broadcast(0f), c91 = TSimd.Broadcast(0f);
        TVector c100 = TSimd.Broadcast(0f), c101 = TSimd.Broadcast(0f);
        TVector c110 = TSimd.Broadcast(0f), c111 = TSimd.Broadcast(0f);
        if (accumulate)
        {
            c00 = TSimd.Load(c);
            c01 = TSimd.Load(c + width);
            c10 = TSimd.Load(c + ldc);
            c11 = TSimd.Load(c + ldc + width);
            c20 = TSimd.Load(c + 2 * ldc);
            c21 = TSimd.Load(c + 2 * ldc + width);
            c30 = TSimd.Load(c + 3 * ldc);
            c31 = TSimd.Load(c + 3 * ldc + width);
            c40 = TSimd.Load(c + 4 * ldc);
            c41 = TSimd.Load(c + 4 * ldc + width);
            c50 = TSimd.Load(c + 5 * ldc);
            c51 = TSimd.Load(c + 5 * ldc + width);
            c60 = TSimd.Load(c + 6 * ldc);
            c61 = TSimd.Load(c + 6 * ldc + width);
            c70 = TSimd.Load(c + 7 * ldc);
            c71 = TSimd.Load(c + 7 * ldc + width);
            c80 = TSimd.Load(c + 8 * ldc);
            c81 = TSimd.Load(c + 8 * ldc + width);
            c90 = TSimd.Load(c + 9 * ldc);
            c91 = TSimd.Load(c + 9 * ldc + width);
            c100 = TSimd.Load(c + 10 * ldc);
            c101 = TSimd.Load(c + 10 * ldc + width);
            c110 = TSimd.Load(c + 11 * ldc);
            c111 = TSimd.Load(c + 11 * ldc + width);
        }

        // Three rows share a base pointer: few enough registers for the addresses, no multiplication in the loop.
        nint rowStride2 = 2 * rowStride;
        float* a3 = a + 3 * rowStride;
        float* a6 = a + 6 * rowStride;
        float* a9 = a + 9 * rowStride;
        for (int p = 0; p < k; p++)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + width);
            TVector x = TSimd.Broadcast(*a);
            c00 = TSimd.FusedMultiplyAdd(x, b0, c00);
            c01 = TSimd.FusedMultiplyAdd(x, b1, c01);
            x = TSimd.Broadcast(a[rowStride]);
            c10 = TSimd.FusedMultiplyAdd(x, b0, c10);
            c11 = TSimd.FusedMultiplyAdd(x, b1, c11);
            x = TSimd.Broadcast(a[rowStride2]);
            c20 = TSimd.FusedMultiplyAdd(x, b0, c20);
            c21 = TSimd.FusedMultiplyAdd(x, b1, c21);
            x = TSimd.Broadcast(*a3);
            c30 = TSimd.FusedMultiplyAdd(x, b0, c30);
            c31 = TSimd.FusedMultiplyAdd(x, b1, c31);
            x = TSimd.Broadcast(a3[rowStride]);
            c40 = TSimd.FusedMultiplyAdd(x, b0, c40);
            c41 = TSimd.FusedMultiplyAdd(x, b1, c41);
            x = TSimd.Broadcast(a3[rowStride2]);
            c50 = TSimd.FusedMultiplyAdd(x, b0, c50);
            c51 = TSimd.FusedMultiplyAdd(x, b1, c51);
            x = TSimd.Broadcast(*a6);
            c60 = TSimd.FusedMultiplyAdd(x, b0, c60);
            c61 = TSimd.FusedMultiplyAdd(x, b1, c61);
            x = TSimd.Broadcast(a6[rowStride]);
            c70 = TSimd.FusedMultiplyAdd(x, b0, c70);
            c71 = TSimd.FusedMultiplyAdd(x, b1, c71);
            x = TSimd.Broadcast(a6[rowStride2]);
            c80 = TSimd.FusedMultiplyAdd(x, b0, c80);
            c81 = TSimd.FusedMultiplyAdd(x, b1, c81);
            x = TSimd.Broadcast(*a9);
            c90 = TSimd.FusedMultiplyAdd(x, b0, c90);
            c91 = TSimd.FusedMultiplyAdd(x, b1, c91);
            x = TSimd.Broadcast(a9[rowStride]);
            c100 = TSimd.FusedMultiplyAdd(x, b0, c100);
            c101 = TSimd.FusedMultiplyAdd(x, b1, c101);
            x = TSimd.Broadcast(a9[rowStride2]);
            c110 = TSimd.FusedMultiplyAdd(x, b0, c110);
            c111 = TSimd.FusedMultiplyAdd(x, b1, c111);
            b += 2 * width;
            a += stepStride;
            a3 += stepStride;
            a6 += stepStride;
            a9 += stepStride;
        }

        TSimd.Store(c00, c);
        TSimd.Store(c01, c + width);
        TSimd.Store(c10, c + ldc);
        TSimd.Store(c11, c + ldc + width);
        TSimd.Store(c20, c + 2 * ldc);
        TSimd.Store(c21, c + 2 * ldc + width);
        TSimd.Store(c30, c + 3 * ldc);
        TSimd.Store(c31, c + 3 * ldc + width);
        TSimd.Store(c40, c + 4 * ldc);
        TSimd.Store(c41, c + 4 * ldc + width);
        TSimd.Store(c50, c + 5 * ldc);
        TSimd.Store(c51, c + 5 * ldc + width);
        TSimd.Store(c60, c + 6 * ldc);
        TSimd.Store(c61, c + 6 * ldc + width);
        TSimd.Store(c70, c + 7 * ldc);
        TSimd.Store(c71, c + 7 * ldc + width);
        TSimd.Store(c80, c + 8 * ldc);
        TSimd.Store(c81, c + 8 * ldc + width);
        TSimd.Store(c90, c + 9 * ldc);
        TSimd.Store(c91, c + 9 * ldc + width);
        TSimd.Store(c100, c + 10 * ldc);
        TSimd.Store(c101, c + 10 * ldc + width);
        TSimd.Store(c110, c + 11 * ldc);
        TSimd.Store(c111, c + 11 * ldc + width);
    }

    /// <summary>C[6, 2 vectors] (+)= A[6, k] · B[k, 2 vectors]; A's element (i, p) is at a[i · rowStride + p · stepStride], B is a packed panel.</summary>
    private static void Tile6x2<TVector, TSimd>(
        int k, float* a, nint rowStride, nint stepStride, float* b, float* c, nint ldc, bool accumulate)
        where TSimd : ISimd<TVector>
    {
        int width = TSimd.Count;
        TVector c00 = TSimd.Broadcast(0f), c01 = TSimd.Broadcast(0f);
        TVector c10 = TSimd.Broadcast(0f), c11 = TSimd.Broadcast(0f);
        TVector c20 = TSimd.Broadcast(0f), c21 = TSimd.Broadcast(0f);
        TVector c30 = TSimd.Broadcast(0f), c31 = TSimd.Broadcast(0f);
        TVector c40 = TSimd.Broadcast(0f), c41 = TSimd.Broadcast(0f);
        TVector c50 = TSimd.Broadcast(0f), c51 = TSimd.Broadcast(0f);
        if (accumulate)
        {
            c00 = TSimd.Load(c);
            c01 = TSimd.Load(c + width);
            c10 = TSimd.Load(c + ldc);
            c11 = TSimd.Load(c + ldc + width);
            c20 = TSimd.Load(c + 2 * ldc);
            c21 = TSimd.Load(c + 2 * ldc + width);
            c30 = TSimd.Load(c + 3 * ldc);
            c31 = TSimd.Load(c + 3 * ldc + width);
            c40 = TSimd.Load(c + 4 * ldc);
            c41 = TSimd.Load(c + 4 * ldc + width);
            c50 = TSimd.Load(c + 5 * ldc);
            c51 = TSimd.Load(c + 5 * ldc + width);
        }

        // Three rows share a base pointer: few enough registers for the addresses, no multiplication in the loop.
        nint rowStride2 = 2 * rowStride;
        float* a3 = a + 3 * rowStride;
        for (int p = 0; p < k; p++)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + width);
            TVector x = TSimd.Broadcast(*a);
            c00 = TSimd.FusedMultiplyAdd(x, b0, c00);
            c01 = TSimd.FusedMultiplyAdd(x, b1, c01);
            x = TSimd.Broadcast(a[rowStride]);
            c10 = TSimd.FusedMultiplyAdd(x, b0, c10);
            c11 = TSimd.FusedMultiplyAdd(x, b1, c11);
            x = TSimd.Broadcast(a[rowStride2]);
            c20 = TSimd.FusedMultiplyAdd(x, b0, c20);
            c21 = TSimd.FusedMultiplyAdd(x, b1, c21);
            x = TSimd.Broadcast(*a3);
            c30 = TSimd.FusedMultiplyAdd(x, b0, c30);
            c31 = TSimd.FusedMultiplyAdd(x, b1, c31);
            x = TSimd.Broadcast(a3[rowStride]);
            c40 = TSimd.FusedMultiplyAdd(x, b0, c40);
            c41 = TSimd.FusedMultiplyAdd(x, b1, c41);
            x = TSimd.Broadcast(a3[rowStride2]);
            c50 = TSimd.FusedMultiplyAdd(x, b0, c50);
            c51 = TSimd.FusedMultiplyAdd(x, b1, c51);
            b += 2 * width;
            a += stepStride;
            a3 += stepStride;
        }

        TSimd.Store(c00, c);
        TSimd.Store(c01, c + width);
        TSimd.Store(c10, c + ldc);
        TSimd.Store(c11, c + ldc + width);
        TSimd.Store(c20, c + 2 * ldc);
        TSimd.Store(c21, c + 2 * ldc + width);
        TSimd.Store(c30, c + 3 * ldc);
        TSimd.Store(c31, c + 3 * ldc + width);
        TSimd.Store(c40, c + 4 * ldc);
        TSimd.Store(c41, c + 4 * ldc + width);
        TSimd.Store(c50, c + 5 * ldc);
        TSimd.Store(c51, c + 5 * ldc + width);
    }

    /// <summary>C[1, 2 vectors] (+)= A[1, k] · B[k, 2 vectors]: what is left below a matrix with fewer than six rows.</summary>
    private static void Tile1x2<TVector, TSimd>(int k, float* a, nint stepStride, float* b, float* c, bool accumulate)
        where TSimd : ISimd<TVector>
    {
        int width = TSimd.Count;
        TVector c0 = TSimd.Broadcast(0f), c1 = TSimd.Broadcast(0f);
        if (accumulate)
        {
            c0 = TSimd.Load(c);
            c1 = TSimd.Load(c + width);
        }

        for (int p = 0; p < k; p++)
        {
            TVector x = TSimd.Broadcast(*a);
            c0 = TSimd.FusedMultiplyAdd(x, TSimd.Load(b), c0);
            c1 = TSimd.FusedMultiplyAdd(x, TSimd.Load(b + width), c1);
            b += 2 * width;
            a += stepStride;
        }

        TSimd.Store(c0, c);
        TSimd.Store(c1, c + width);
    }
}
