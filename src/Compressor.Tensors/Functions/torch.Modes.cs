using Compressor.Tensors.Kernels;

namespace Compressor.Tensors;

public static partial class torch
{
    [ThreadStatic]
    private static bool _isGradDisabled;

    /// <summary>Whether operations on this thread are recorded.</summary>
    public static bool is_grad_enabled() => !_isGradDisabled;

    /// <summary>Until disposed, operations on this thread are not recorded.</summary>
    public static IDisposable no_grad() => new GradMode(isDisabled: true);

    /// <summary>Until disposed, operations on this thread are recorded, even inside <see cref="no_grad"/>.</summary>
    public static IDisposable enable_grad() => new GradMode(isDisabled: false);

    /// <summary>Opens a scope that frees the tensors made in it; see <see cref="DisposeScope"/>.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>Sets how many threads kernels may use; results do not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public static void set_num_threads(int num) => WorkerPool.Threads = num;

    /// <summary>How many threads kernels may use.</summary>
    public static int get_num_threads() => WorkerPool.Threads;

    /// <summary>Whether an operation on these operands must be recorded.</summary>
    internal static bool Records(params ReadOnlySpan<Tensor?> operands)
    {
        if (_isGradDisabled)
            return false;
        foreach (var operand in operands)
        {
            if (operand is { requires_grad: true })
                return true;
        }
        return false;
    }

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before;

        public GradMode(bool isDisabled)
        {
            _before = _isGradDisabled;
            _isGradDisabled = isDisabled;
        }

        public void Dispose() => _isGradDisabled = _before;
    }
}
