using System.Collections;

namespace Compressor.Tensors.Modules
{
    /// <summary>Modules in a list, registered as "0", "1", ….</summary>
    /// <typeparam name="T">The modules' type.</typeparam>
    public class ModuleList<T> : torch.nn.Module, IReadOnlyList<T>
        where T : torch.nn.Module
    {
        private readonly List<T> _list = [];

        /// <summary>A list of the given modules.</summary>
        public ModuleList(params T[] modules)
            : base(nameof(ModuleList<>)) => append(modules);

        /// <inheritdoc/>
        public int Count => _list.Count;

        /// <inheritdoc/>
        public T this[int index] => _list[index];

        /// <summary>Adds a module at the end.</summary>
        public void Add(T item)
        {
            register_module(_list.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), item);
            _list.Add(item);
        }

        /// <summary>Adds modules at the end.</summary>
        public void append(params T[] parameters)
        {
            ArgumentNullException.ThrowIfNull(parameters);
            foreach (var module in parameters)
                Add(module);
        }

        /// <inheritdoc/>
        public IEnumerator<T> GetEnumerator() => _list.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

namespace Compressor.Tensors
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A list of modules.</summary>
            public static Modules.ModuleList<T> ModuleList<T>(params T[] modules)
                where T : Module => new(modules);
        }
    }
}
