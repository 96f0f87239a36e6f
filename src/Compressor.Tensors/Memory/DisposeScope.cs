namespace Compressor.Tensors;

/// <summary>
/// Frees, at its end, every tensor that was made inside it on the same thread and not moved out. Scopes nest.
/// Made by <see cref="torch.NewDisposeScope"/>.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? _current;

    private readonly DisposeScope? _outer;
    private readonly HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);
    private bool _isDisposed;

    internal DisposeScope()
    {
        _outer = _current;
        _current = this;
    }

    /// <summary>The number of objects that the scope would free now.</summary>
    public int DisposablesCount => _disposables.Count;

    internal static DisposeScope? Current => _current;

    /// <summary>Adds an object to the scope. Tensors are added by themselves.</summary>
    public T Include<T>(T disposable)
        where T : IDisposable
    {
        _disposables.Add(disposable);
        if (disposable is torch.Tensor tensor)
            tensor.Scope = this;
        return disposable;
    }

    /// <summary>True when the scope would free the object.</summary>
    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    /// <summary>Hands an object to the enclosing scope, or to nobody when there is none.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        if (_disposables.Remove(disposable))
        {
            if (_outer is not null)
                _outer.Include(disposable);
            else
                Forget(disposable);
        }
        return disposable;
    }

    /// <summary>Hands several objects to the enclosing scope, or to nobody when there is none.</summary>
    public void MoveToOuter(params IDisposable[] disposables)
    {
        foreach (var disposable in disposables)
            MoveToOuter<IDisposable>(disposable);
    }

    /// <summary>Takes an object out of the scope: whoever holds it must dispose it.</summary>
    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        if (_disposables.Remove(disposable))
            Forget(disposable);
        return disposable;
    }

    /// <summary>Frees everything that the scope holds now; the scope stays open.</summary>
    public void DisposeEverything()
    {
        foreach (var disposable in _disposables)
        {
            Forget(disposable);
            disposable.Dispose();
        }
        _disposables.Clear();
    }

    /// <summary>Frees everything and closes the scope, and with it any scope left open inside it.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        DisposeEverything();
        for (var scope = _current; scope is not null; scope = scope._outer)
        {
            if (ReferenceEquals(scope, this))
            {
                _current = _outer;
                break;
            }
        }
    }

    internal void Remove(IDisposable disposable) => _disposables.Remove(disposable);

    private static void Forget(IDisposable disposable)
    {
        if (disposable is torch.Tensor tensor)
            tensor.Scope = null;
    }
}
