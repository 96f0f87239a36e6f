namespace Compressor.Tensors;

/// <summary>Elements kept for a derivative, with a check that nothing has changed them since.</summary>
internal readonly unsafe struct Saved
{
    private readonly Storage _storage;
    private readonly int _version;

    internal Saved(torch.Tensor tensor)
        : this(tensor.Elements.Retain())
    {
    }

    /// <summary>Takes over one reference.</summary>
    internal Saved(Storage storage)
    {
        _storage = storage;
        _version = storage.Version;
    }

    internal float* Floats => Checked().Floats;

    internal long* Longs => Checked().Longs;

    internal Storage Storage => Checked();

    internal void Release() => _storage.Release();

    private Storage Checked() =>
        _storage.Version == _version
            ? _storage
            : throw new InvalidOperationException("backward: a tensor that the derivative needs was changed in place.");
}
