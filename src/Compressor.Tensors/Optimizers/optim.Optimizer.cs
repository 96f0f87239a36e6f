using System.Diagnostics.CodeAnalysis;
using Compressor.Tensors.Modules;

namespace Compressor.Tensors;

public static partial class torch
{
    /// <summary>Optimisers.</summary>
    public static partial class optim
    {
        /// <summary>Access to a learning rate, for schedules.</summary>
        public interface ILearningRateController
        {
            /// <summary>The rate of the next step.</summary>
            double LearningRate { get; set; }

            /// <summary>The rate given at construction.</summary>
            double InitialLearningRate { get; set; }
        }

        /// <summary>Changes parameters by their gradients.</summary>
        public abstract class Optimizer : IDisposable
        {
            /// <summary>The groups, each with its own options.</summary>
            public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

            /// <summary>The groups in order.</summary>
            protected IList<ParamGroup> _parameter_groups { get; init; } = [];

            /// <summary>Changes every parameter that has a gradient; returns what the closure returned.</summary>
            public abstract Tensor? step(Func<Tensor>? closure = null);

            /// <summary>Adds a group of parameters.</summary>
            public virtual void add_param_group(ParamGroup param_group) => _parameter_groups.Add(param_group);

            /// <summary>All parameters, group by group.</summary>
            public virtual IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

            /// <summary>Sets all gradients to zero. Costs nothing: the next backward overwrites them.</summary>
            public virtual void zero_grad()
            {
                foreach (var parameter in parameters())
                    parameter.ZeroGradient();
            }

            /// <inheritdoc/>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees the optimiser's state.</summary>
            protected virtual void Dispose(bool disposing)
            {
            }

            /// <summary>Everything needed to go on later: options of each group and state of each parameter.</summary>
            [SuppressMessage("Naming", "CA1711", Justification = "TorchSharp's name.")]
            public sealed class StateDictionary
            {
                internal StateDictionary()
                {
                }

                /// <summary>Options, group by group.</summary>
                public IList<OptimizerOptions> Options { get; } = [];

                /// <summary>State, parameter by parameter.</summary>
                public IList<OptimizerState> State { get; } = [];
            }
        }
    }
}
