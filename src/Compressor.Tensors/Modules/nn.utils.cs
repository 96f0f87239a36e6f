using Compressor.Tensors.Kernels;
using Compressor.Tensors.Modules;

namespace Compressor.Tensors;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Operations on the parameters of a model.</summary>
        public static class utils
        {
            /// <summary>
            /// Scales all gradients by one factor so that their common Euclidean length is at most
            /// <paramref name="max_norm"/>.
            /// </summary>
            /// <returns>The length before.</returns>
            public static unsafe double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm)
            {
                ArgumentNullException.ThrowIfNull(tensors);
                var parameters = tensors as IReadOnlyCollection<Parameter> ?? [.. tensors];
                var squares = 0.0;
                foreach (var parameter in parameters)
                {
                    if (parameter.Gradient is { } gradient)
                        squares += Reduction.SumOfSquares(gradient.Floats, parameter.Count);
                }
                var norm = Math.Sqrt(squares);
                var factor = max_norm / (norm + 1e-6);
                if (factor >= 1)
                    return norm;
                foreach (var parameter in parameters)
                {
                    if (parameter.Gradient is { } gradient)
                        Elementwise.Scale(gradient.Floats, (float)factor, gradient.Floats, parameter.Count);
                }
                return norm;
            }
        }
    }
}
