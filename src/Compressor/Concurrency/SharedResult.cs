namespace Compressor.Concurrency;

/// <summary>
/// A result that takes long to compute: computed by the first that asks for it, and kept. Whoever computes it can be cancelled, or fail;
/// then another that waits computes it.
/// </summary>
/// <param name="compute">Gives the result, or throws.</param>
internal sealed class SharedResult<T>(Func<CancellationToken, T> compute) where T : class
{
    private readonly Lock _gate = new();
    private Task<T?>? _computing; // gives null when it failed
    private T? _result;

    /// <exception cref="OperationCanceledException">The token was cancelled, while computing or while waiting for another thread to.</exception>
    public T Get(CancellationToken cancellation)
    {
        while (true)
        {
            TaskCompletionSource<T?>? own = null;
            Task<T?> computing;
            lock (_gate)
            {
                if (_result is not null)
                    return _result;
                if (_computing is null)
                {
                    own = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
                    _computing = own.Task;
                }

                computing = _computing;
            }

            if (own is not null)
                return Compute(own, cancellation);
            computing.Wait(cancellation);
        }
    }

    private T Compute(TaskCompletionSource<T?> own, CancellationToken cancellation)
    {
        T? result = null;
        try
        {
            return result = compute(cancellation);
        }
        finally
        {
            lock (_gate)
                (_result, _computing) = (result, null);
            own.SetResult(result);
        }
    }
}
