namespace Compressor.Tensors;

/// <summary>Runs the nodes behind a result from the youngest to the oldest, and frees each after its turn.</summary>
internal static class BackwardPass
{
    private static long _passes;

    /// <summary>Runs from <paramref name="root"/>; takes over one reference to <paramref name="gradient"/>.</summary>
    internal static void Run(GradientSink root, Storage gradient)
    {
        if (root is not Node first)
        {
            root.Give(gradient);
            return;
        }
        if (first.IsFreed)
        {
            gradient.Release();
            throw new InvalidOperationException("backward: the graph was freed by an earlier backward.");
        }

        var nodes = Reachable(first);
        nodes.Sort(static (a, b) => b.Sequence.CompareTo(a.Sequence)); // sequence numbers are distinct: no ties
        foreach (var node in nodes)
            node.Retain(); // freeing a user must not free its operand before the operand's turn
        try
        {
            first.Give(gradient);
            foreach (var node in nodes)
            {
                var arrived = node.Take();
                node.Backward(arrived);
                arrived.Release();
                node.Free();
            }
        }
        finally
        {
            foreach (var node in nodes)
            {
                node.Free(); // after a failure, what is left must not run with half of its gradients
                node.Release();
            }
        }
    }

    private static List<Node> Reachable(Node first)
    {
        var pass = Interlocked.Increment(ref _passes);
        var nodes = new List<Node> { first };
        first.VisitedBy = pass;
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var input in nodes[i].Inputs)
            {
                if (input is not Node node || node.VisitedBy == pass)
                    continue;
                if (node.IsFreed)
                    throw new InvalidOperationException("backward: part of the graph was freed by an earlier backward.");
                node.VisitedBy = pass;
                nodes.Add(node);
            }
        }
        return nodes;
    }
}
