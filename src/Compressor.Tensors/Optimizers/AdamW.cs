using Compressor.Tensors.Kernels;

namespace Compressor.Tensors.Modules
{
    /// <summary>
    /// AdamW (Loshchilov and Hutter, 2019): Adam's running means with bias correction, and weight decay apart from the
    /// gradient. One fused kernel a parameter.
    /// </summary>
    public class AdamW : OptimizerHelper
    {
        private readonly Options _defaults;

        /// <summary>One group with the given options.</summary>
        public AdamW(
            IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
            : this([new ParamGroup(parameters, new Options())], lr, beta1, beta2, eps, weight_decay)
        {
        }

        /// <summary>Several groups; the options given here stand in for those a group leaves out.</summary>
        /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
        public AdamW(
            IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
        {
            ArgumentNullException.ThrowIfNull(parameters);
            ArgumentOutOfRangeException.ThrowIfNegative(lr);
            ArgumentOutOfRangeException.ThrowIfNegative(beta1);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta1, 1);
            ArgumentOutOfRangeException.ThrowIfNegative(beta2);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta2, 1);
            ArgumentOutOfRangeException.ThrowIfNegative(eps);
            ArgumentOutOfRangeException.ThrowIfNegative(weight_decay);
            _defaults = new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay };
            foreach (var group in parameters)
                add_param_group(group);
        }

        /// <inheritdoc/>
        public override void add_param_group(Modules.ParamGroup param_group)
        {
            ArgumentNullException.ThrowIfNull(param_group);
            var options = (Options)param_group.Options;
            options.LearningRate ??= _defaults.LearningRate;
            options.beta1 ??= _defaults.beta1;
            options.beta2 ??= _defaults.beta2;
            options.eps ??= _defaults.eps;
            options.weight_decay ??= _defaults.weight_decay;
            options.InitialLearningRate = options.LearningRate!.Value;
            param_group.Parameters = [.. param_group.Parameters];
            base.add_param_group(param_group);
            foreach (var parameter in param_group.Parameters)
            {
                var state = new State(parameter);
                state.Initialize(options);
                _state.Add(parameter.Handle, state);
            }
        }

        /// <inheritdoc/>
        public override torch.Tensor? step(Func<torch.Tensor>? closure = null) => _step<ParamGroup>(Step, closure);

        private unsafe void Step(ParamGroup group)
        {
            var options = group.Options;
            foreach (var parameter in group.Parameters)
            {
                if (parameter.Gradient is not { } gradient)
                    continue;
                var state = (State)_state[parameter.Handle];
                state.step++;
                AdamWStep.Apply(
                    parameter.Floats, gradient.Floats, state.exp_avg.Floats, state.exp_avg_sq.Floats, parameter.Count,
                    (float)options.LearningRate!.Value, (float)options.beta1!.Value, (float)options.beta2!.Value, (float)options.eps!.Value,
                    (float)options.weight_decay!.Value,
                    (float)(1 - Power(options.beta1.Value, state.step)), (float)(1 - Power(options.beta2.Value, state.step)), gradientScale: 1);
                parameter.Elements.Version++;
            }
        }

        /// <summary>x to a whole power by squaring: multiplications only, so the same bits everywhere.</summary>
        private static double Power(double x, long exponent)
        {
            var result = 1.0;
            for (; exponent > 0; exponent >>= 1, x *= x)
            {
                if ((exponent & 1) != 0)
                    result *= x;
            }
            return result;
        }

        /// <summary>AdamW's options; null means the optimiser's.</summary>
        public class Options : OptimizerOptions
        {
            /// <summary>Decay of the mean of gradients.</summary>
            public double? beta1 { get; set; }

            /// <summary>Decay of the mean of squared gradients.</summary>
            public double? beta2 { get; set; }

            /// <summary>Each step first scales the parameter by 1 − LearningRate · weight_decay.</summary>
            public double? weight_decay { get; set; }

            /// <summary>Added to the root of the mean square.</summary>
            public double? eps { get; set; }

            /// <inheritdoc/>
            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                writer.Write(beta1 ?? 0);
                writer.Write(beta2 ?? 0);
                writer.Write(eps ?? 0);
                writer.Write(weight_decay ?? 0);
            }

            /// <inheritdoc/>
            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                beta1 = reader.ReadDouble();
                beta2 = reader.ReadDouble();
                eps = reader.ReadDouble();
                weight_decay = reader.ReadDouble();
            }
        }

        /// <summary>A group with AdamW's options.</summary>
        public class ParamGroup : ParamGroup<Options>
        {
            /// <summary>An empty group.</summary>
            public ParamGroup()
            {
            }

            /// <summary>A group; options left out are the optimiser's.</summary>
            public ParamGroup(IEnumerable<Parameter> parameters, Options options)
                : base(parameters, options)
            {
            }

            /// <summary>A group with all options given.</summary>
            public ParamGroup(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0)
                : base(parameters, new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay })
            {
            }
        }

        /// <summary>The running means of one parameter.</summary>
        public sealed class State : OptimizerState, IDisposable
        {
            /// <summary>Zero means of the parameter's shape.</summary>
            public State(Parameter parameter)
                : base(parameter)
            {
                exp_avg = torch.zeros_like(parameter).DetachFromDisposeScope();
                exp_avg_sq = torch.zeros_like(parameter).DetachFromDisposeScope();
            }

            /// <summary>Steps taken.</summary>
            public long step { get; set; }

            /// <summary>Mean of gradients, of the parameter's shape.</summary>
            public torch.Tensor exp_avg { get; }

            /// <summary>Mean of squared gradients, of the parameter's shape.</summary>
            public torch.Tensor exp_avg_sq { get; }

            /// <inheritdoc/>
            public override void Initialize(OptimizerOptions options)
            {
                step = 0;
                exp_avg.zero_();
                exp_avg_sq.zero_();
            }

            /// <inheritdoc/>
            public override void SaveStateDict(BinaryWriter writer)
            {
                ArgumentNullException.ThrowIfNull(writer);
                writer.Write(step);
                writer.Write(exp_avg.bytes);
                writer.Write(exp_avg_sq.bytes);
            }

            /// <inheritdoc/>
            public override void LoadStateDict(BinaryReader reader)
            {
                ArgumentNullException.ThrowIfNull(reader);
                step = reader.ReadInt64();
                reader.ReadExactly(exp_avg.bytes);
                reader.ReadExactly(exp_avg_sq.bytes);
            }

            /// <inheritdoc/>
            public void Dispose()
            {
                exp_avg.Dispose();
                exp_avg_sq.Dispose();
            }
        }
    }
}

namespace Compressor.Tensors
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>AdamW on one group; see <see cref="Modules.AdamW"/>.</summary>
            public static Modules.AdamW AdamW(
                IEnumerable<Modules.Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.99, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);

            /// <summary>AdamW on one group; see <see cref="Modules.AdamW"/>.</summary>
            public static Modules.AdamW AdamW(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.99, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters.Select(entry => entry.parameter), lr, beta1, beta2, eps, weight_decay);

            /// <summary>AdamW on several groups; see <see cref="Modules.AdamW"/>.</summary>
            public static Modules.AdamW AdamW(
                IEnumerable<Modules.AdamW.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.99, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
