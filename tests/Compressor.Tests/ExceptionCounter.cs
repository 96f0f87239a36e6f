using System.Runtime.ExceptionServices;

namespace Compressor.Tests;

/// <summary>Counts the exceptions thrown from here on by this test, caught ones too, on whatever thread its work runs.</summary>
internal sealed class ExceptionCounter : IDisposable
{
    private static readonly AsyncLocal<ExceptionCounter?> Current = new();

    private int _count;

    public ExceptionCounter()
    {
        Current.Value = this;
        AppDomain.CurrentDomain.FirstChanceException += Count;
    }

    public int Thrown => Volatile.Read(ref _count);

    public void Dispose()
    {
        AppDomain.CurrentDomain.FirstChanceException -= Count;
        Current.Value = null;
    }

    private void Count(object? sender, FirstChanceExceptionEventArgs e)
    {
        if (Current.Value == this)
            Interlocked.Increment(ref _count);
    }
}
