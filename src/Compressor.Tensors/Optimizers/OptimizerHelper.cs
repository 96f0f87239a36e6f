namespace Compressor.Tensors.Modules;

/// <summary>What optimisers with groups and per-parameter state share: steps, saving and loading.</summary>
public abstract class OptimizerHelper : torch.optim.Optimizer
{
    /// <summary>State by <see cref="torch.Tensor.Handle"/> of the parameter.</summary>
    protected Dictionary<nint, OptimizerState> _state { get; } = [];

    /// <summary>The optimiser's own tensors; changing them changes the optimiser.</summary>
    public virtual StateDictionary state_dict()
    {
        var result = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            result.Options.Add(group.Options);
            foreach (var parameter in group.Parameters)
                result.State.Add(_state[parameter.Handle]);
        }
        return result;
    }

    /// <summary>Writes the options of each group and the state of each parameter, in order.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var state = state_dict();
        writer.Write(GetType().Name);
        writer.Write(state.Options.Count);
        writer.Write(state.State.Count);
        foreach (var options in state.Options)
            options.SaveStateDict(writer);
        foreach (var entry in state.State)
            entry.SaveStateDict(writer);
    }

    /// <summary>Writes to a file; see <see cref="save_state_dict(BinaryWriter)"/>.</summary>
    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location));
        save_state_dict(writer);
    }

    /// <summary>Reads what <see cref="save_state_dict(BinaryWriter)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Written by another kind of optimiser, or for other parameters.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var state = state_dict();
        var name = reader.ReadString();
        if (name != GetType().Name)
            throw new InvalidDataException($"load_state_dict: written by {name}, not by {GetType().Name}.");
        if (reader.ReadInt32() != state.Options.Count || reader.ReadInt32() != state.State.Count)
            throw new InvalidDataException("load_state_dict: written for other groups or parameters.");
        foreach (var options in state.Options)
            options.LoadStateDict(reader);
        foreach (var entry in state.State)
            entry.LoadStateDict(reader);
    }

    /// <summary>Reads from a file; see <see cref="load_state_dict(BinaryReader)"/>.</summary>
    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location));
        load_state_dict(reader);
    }

    /// <summary>Runs the closure recorded, then <paramref name="body"/> for each group, unrecorded and in a dispose scope.</summary>
    protected torch.Tensor? _step<T>(Action<T> body, Func<torch.Tensor>? loss_closure = null)
        where T : ParamGroup
    {
        ArgumentNullException.ThrowIfNull(body);
        torch.Tensor? loss = null;
        if (loss_closure is not null)
        {
            using (torch.enable_grad())
                loss = loss_closure();
        }
        using (torch.no_grad())
        using (torch.NewDisposeScope())
        {
            foreach (var group in _parameter_groups)
                body((T)group);
        }
        return loss;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        foreach (var state in _state.Values)
            (state as IDisposable)?.Dispose();
        _state.Clear();
    }
}
