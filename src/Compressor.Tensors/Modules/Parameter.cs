namespace Compressor.Tensors.Modules;

/// <summary>A tensor that a module learns: assigned to a field, it is found by <c>RegisterComponents</c>.</summary>
public class Parameter : torch.Tensor
{
    /// <summary>Takes over the elements and the dispose scope of <paramref name="data"/>, which becomes invalid.</summary>
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base((data ?? throw new ArgumentNullException(nameof(data))).Elements.Retain(), data.shape, data.dtype, track: false)
    {
        data.Scope?.Include(this);
        data.Dispose();
        this.requires_grad = requires_grad;
    }
}
