using System.Reflection;
using Compressor.Tensors.Modules;

namespace Compressor.Tensors;

public static partial class torch
{
    /// <summary>Layers and what belongs to them.</summary>
    public static partial class nn
    {
        /// <summary>A learned tensor; see <see cref="Modules.Parameter"/>.</summary>
        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

        /// <summary>
        /// A part of a model: owns parameters, buffers and other modules under names. A derived class assigns them to
        /// fields and calls <see cref="RegisterComponents"/> at the end of its constructor.
        /// </summary>
        public abstract class Module : IDisposable
        {
            private readonly string _name;
            private readonly List<(string Name, Module Module)> _modules = [];
            private readonly List<(string Name, Parameter Parameter)> _parameters = [];
            private readonly List<(string Name, Tensor Buffer, bool Persistent)> _buffers = [];

            /// <summary>A module with the given name for messages.</summary>
            protected Module(string name) => _name = name;

            /// <summary>True in training mode, the state at construction.</summary>
            public virtual bool training { get; private set; } = true;

            /// <summary>The name given at construction.</summary>
            public virtual string GetName() => _name;

            /// <summary>Enters or leaves training mode, with all modules inside.</summary>
            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, module) in _modules)
                    module.train(train);
            }

            /// <summary>Leaves training mode.</summary>
            public virtual void eval() => train(false);

            /// <summary>The modules directly inside, in order of registration.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() =>
                _modules.Select(entry => (entry.Name, entry.Module));

            /// <summary>The modules directly inside, in order of registration.</summary>
            public virtual IEnumerable<Module> children() => _modules.Select(entry => entry.Module);

            /// <summary>This module's parameters, then those of the modules inside under dotted names.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                foreach (var (name, parameter) in _parameters)
                    yield return (name, parameter);
                if (!recurse)
                    yield break;
                foreach (var (prefix, module) in _modules)
                {
                    foreach (var (name, parameter) in module.named_parameters())
                        yield return ($"{prefix}.{name}", parameter);
                }
            }

            /// <summary>The parameters in the order of <see cref="named_parameters"/>.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(entry => entry.parameter);

            /// <summary>This module's buffers, then those of the modules inside under dotted names.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                foreach (var (name, buffer, persistent) in _buffers)
                {
                    if (persistent || include_nonpersistent)
                        yield return (name, buffer);
                }
                if (!recurse)
                    yield break;
                foreach (var (prefix, module) in _modules)
                {
                    foreach (var (name, buffer) in module.named_buffers(recurse, include_nonpersistent))
                        yield return ($"{prefix}.{name}", buffer);
                }
            }

            /// <summary>The buffers in the order of <see cref="named_buffers"/>.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            /// <summary>Parameters and persistent buffers by name; the tensors are the module's own.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var start = string.IsNullOrEmpty(prefix) ? "" : $"{prefix}.";
                foreach (var (name, parameter) in named_parameters())
                    destination[start + name] = parameter;
                foreach (var (name, buffer) in named_buffers(include_nonpersistent: false))
                    destination[start + name] = buffer;
                return destination;
            }

            /// <summary>Copies tensors of the same names into this module's parameters and persistent buffers.</summary>
            /// <returns>Names that the source lacks and names that it has too many.</returns>
            /// <exception cref="InvalidOperationException">Strict, and the names differ.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                ArgumentNullException.ThrowIfNull(source);
                var own = state_dict();
                var missing = own.Keys.Where(key => !source.ContainsKey(key) && skip?.Contains(key) != true).ToList();
                var unexpected = source.Keys.Where(key => !own.ContainsKey(key) && skip?.Contains(key) != true).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                {
                    throw new InvalidOperationException(
                        $"load_state_dict: missing [{string.Join(", ", missing)}], unexpected [{string.Join(", ", unexpected)}].");
                }
                using (no_grad())
                {
                    foreach (var (name, tensor) in own)
                    {
                        if (source.TryGetValue(name, out var value) && skip?.Contains(name) != true)
                            tensor.copy_(value);
                    }
                }
                return (missing, unexpected);
            }

            /// <summary>Drops the gradients of all parameters, or sets them to zero.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                {
                    if (set_to_none)
                        parameter.DropGradient();
                    else
                        parameter.ZeroGradient();
                }
            }

            /// <summary>Adds a tensor that is part of the module's state but not learned.</summary>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                RequireNew(name);
                tensor.DetachFromDisposeScope();
                _buffers.Add((name, tensor, persistent));
            }

            /// <summary>Adds a parameter.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                RequireNew(name);
                param.DetachFromDisposeScope();
                _parameters.Add((name, param));
            }

            /// <summary>Adds a module.</summary>
            public virtual void register_module(string name, Module submodule)
            {
                ArgumentNullException.ThrowIfNull(submodule);
                RequireNew(name);
                _modules.Add((name, submodule));
            }

            /// <summary>Frees parameters and buffers, also of the modules inside.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>
            /// Registers every field that holds a module, a parameter or a tensor (as a buffer) under the field's
            /// name, unless something has that name already. Base classes come last, as in TorchSharp.
            /// </summary>
            protected virtual void RegisterComponents()
            {
                for (var type = GetType(); type is not null && type != typeof(Module); type = type.BaseType)
                {
                    const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
                    foreach (var field in type.GetFields(Fields).OrderBy(field => field.MetadataToken))
                    {
                        if (Has(field.Name))
                            continue;
                        switch (field.GetValue(this))
                        {
                            case Module module:
                                register_module(field.Name, module);
                                break;
                            case Parameter parameter:
                                register_parameter(field.Name, parameter);
                                break;
                            case Tensor tensor:
                                register_buffer(field.Name, tensor);
                                break;
                        }
                    }
                }
            }

            /// <summary>Frees parameters and buffers, also of the modules inside.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var (_, parameter) in _parameters)
                    parameter.Dispose();
                foreach (var (_, buffer, _) in _buffers)
                    buffer.Dispose();
                foreach (var (_, module) in _modules)
                    module.Dispose();
            }

            private bool Has(string name) =>
                _modules.Exists(entry => entry.Name == name)
                || _parameters.Exists(entry => entry.Name == name)
                || _buffers.Exists(entry => entry.Name == name);

            private void RequireNew(string name)
            {
                if (Has(name))
                    throw new ArgumentException($"{_name}: a component named {name} is already registered.");
            }
        }

        /// <summary>A module with one input.</summary>
        /// <typeparam name="T">The input.</typeparam>
        /// <typeparam name="TResult">The result.</typeparam>
        public abstract class Module<T, TResult> : Module
        {
            /// <summary>A module with the given name for messages.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>What the module computes.</summary>
            public abstract TResult forward(T input);

            /// <summary>Runs the module.</summary>
            public TResult call(T input) => forward(input);
        }

        /// <summary>A module with two inputs.</summary>
        /// <typeparam name="T1">The first input.</typeparam>
        /// <typeparam name="T2">The second input.</typeparam>
        /// <typeparam name="TResult">The result.</typeparam>
        public abstract class Module<T1, T2, TResult> : Module
        {
            /// <summary>A module with the given name for messages.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>What the module computes.</summary>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Runs the module.</summary>
            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }

        /// <summary>A module with three inputs.</summary>
        /// <typeparam name="T1">The first input.</typeparam>
        /// <typeparam name="T2">The second input.</typeparam>
        /// <typeparam name="T3">The third input.</typeparam>
        /// <typeparam name="TResult">The result.</typeparam>
        public abstract class Module<T1, T2, T3, TResult> : Module
        {
            /// <summary>A module with the given name for messages.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>What the module computes.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            /// <summary>Runs the module.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3) => forward(input1, input2, input3);
        }
    }
}
