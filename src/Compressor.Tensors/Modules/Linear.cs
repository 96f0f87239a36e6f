namespace Compressor.Tensors.Modules
{
    /// <summary>y = x · Wᵀ + bias.</summary>
    public sealed class Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias)
            : base(nameof(Linear))
        {
            // Uniform within ±1/√inputs, as in PyTorch.
            var bound = Math.Sqrt(1.0 / inputSize);
            weight = new Parameter(torch.empty(outputSize, inputSize).uniform_(-bound, bound));
            register_parameter(nameof(weight), weight);
            if (hasBias)
            {
                bias = new Parameter(torch.empty(outputSize).uniform_(-bound, bound));
                register_parameter(nameof(bias), bias);
            }
        }

        /// <summary>[outputs, inputs].</summary>
        public Parameter weight { get; }

        /// <summary>[outputs], or null.</summary>
        public Parameter? bias { get; }

        /// <summary>[…, inputs] to […, outputs].</summary>
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.linear(input, weight, bias);
    }
}

namespace Compressor.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A linear layer, initialised uniformly within ±1/√inputSize.</summary>
            public static Modules.Linear Linear(long inputSize, long outputSize, bool hasBias = true) => new(inputSize, outputSize, hasBias);
        }
    }
}
