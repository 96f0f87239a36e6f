namespace Compressor.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fills tensors with initial values, in place and unrecorded.</summary>
        public static class init
        {
            /// <summary>Normal numbers; see <see cref="Generator"/>.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                using (no_grad())
                    return tensor.normal_(mean, std, generator);
            }

            /// <summary>Uniform numbers in [low, high).</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                using (no_grad())
                    return tensor.uniform_(low, high, generator);
            }

            /// <summary>Zeros.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            /// <summary>Ones.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            /// <summary>One value everywhere.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                using (no_grad())
                    return tensor.fill_(val);
            }
        }
    }
}
