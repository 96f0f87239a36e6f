namespace Compressor.Prediction.Mixing;

/// <summary>
/// Context mixing of tokens under a network: walks down the <see cref="TokenTree"/> to each token and predicts every decision on the way. For the
/// bits it is the model of bytes, with the network's logit and the successors of the last tokens as further inputs; whether a token goes on is
/// predicted by a small model of its own. Integer arithmetic throughout (docs/mixing.md). Shared by all lanes of a block, in coding order.
/// </summary>
/// <remarks>
/// Use: <see cref="Begin"/>; then, as long as there is a next decision on the <see cref="Path"/>, <see cref="Predict"/> and <see cref="Update"/>.
/// </remarks>
internal sealed unsafe class TokenMixingModel : IDisposable
{
    private const int InputsOfNetwork = 2, TokenRate = 384;
    private const int LineBitsLess = 3, MinLineBits = 7, MaxLineBits = 20;

    private readonly TokenTree _tree;
    private readonly int _networks;
    private readonly SuccessorModel _successors;
    private readonly ByteMixingModel _bytes;
    private readonly ContinuationModel _continuation;
    private TokenPath _path;
    private int _place;                                 // of the next decision in the token; see TokenTree.Node

    /// <param name="tree">The vocabulary.</param>
    /// <param name="shape">Decides the contexts of bytes.</param>
    /// <param name="tableBits">log2 of the slots of the table of bit histories; other tables follow it.</param>
    /// <param name="capacity">The most bytes of all lanes together.</param>
    /// <param name="lanes">Lanes.</param>
    /// <param name="networks">Networks that predict, at least 1.</param>
    public TokenMixingModel(TokenTree tree, ByteShape shape, int tableBits, int capacity, int lanes, int networks = 1)
    {
        _networks = networks;
        _tree = tree;
        _successors = new SuccessorModel(lanes, capacity, Math.Clamp(tableBits - LineBitsLess, MinLineBits, MaxLineBits));
        _bytes = new ByteMixingModel(shape, tableBits, capacity, lanes,
            new OuterInputs((networks * InputsOfNetwork) + SuccessorModel.InputCount, tree.VocabularySize + 1, TokenRate));
        _continuation = new ContinuationModel(tree.VocabularySize, tableBits, _bytes, _successors);
        for (var lane = lanes - 1; lane >= 0; lane--)
        {
            _bytes.Select(lane);
            _bytes.StartToken();
        }
    }

    /// <summary>How many networks predict.</summary>
    public int Networks => _networks;

    /// <summary>The way to the token in progress: the next decision, or the token when there is none left.</summary>
    public ref readonly TokenPath Path => ref _path;

    /// <summary>The bytes of a lane's tokens so far.</summary>
    public ReadOnlySpan<byte> ContentOf(int lane) => _bytes.ContentOf(lane);

    /// <summary>Whether the next decision is whether the token goes on; else it is a bit.</summary>
    private bool IsContinuation => _place % TokenTree.PlacesPerByte == TokenTree.ContinuePlace;

    /// <summary>Starts the next token of a lane.</summary>
    public void Begin(int lane)
    {
        _bytes.Select(lane);
        _successors.Begin(lane);
        _path = new TokenPath(_tree);
        _place = 0;
        GoToDecision();
    }

    /// <summary>Makes a lane that has no tokens go on after what another has.</summary>
    public void Continue(int lane, int from)
    {
        _successors.Continue(lane, from);
        _bytes.Continue(lane, from);
    }

    /// <summary>The probability, of 2^16, that the next decision is a 1; in [1, 2^16 − 1].</summary>
    /// <param name="networks">[<see cref="Networks"/>] each network's, in the same range; the best one's first.</param>
    public int Predict(params ReadOnlySpan<int> networks)
    {
        var network = networks[0];
        if (IsContinuation) return _continuation.Predict(_path.Low, _place / TokenTree.PlacesPerByte + 1, network);
        var inputs = _bytes.OuterInputs;
        for (var i = networks.Length - 1; i >= 0; i--)
        {
            inputs[InputsOfNetwork * i] = Logistic.Stretch(networks[i]);
            inputs[InputsOfNetwork * i + 1] = networks[i] - Logistic.One / 2 >> 5;
        }

        _successors.Ask(0, _path.Middle, network, inputs[0], inputs + InputsOfNetwork * networks.Length);
        _bytes.ChooseOuter(_successors.Recent[0] + 1);
        return _bytes.Predict();
    }

    /// <summary>Learns the decision that was predicted last, and what follows from it: bits that are no decisions, the end of the token.</summary>
    /// <exception cref="InvalidDataException">The lanes have more bytes than the capacity.</exception>
    public void Update(int bit)
    {
        var continuation = IsContinuation;
        _path.Take(bit);
        _place++;
        if (continuation)
        {
            _continuation.Update(bit);
            if (bit == 0)
            {
                End();
                return;
            }
        }
        else
        {
            // What the next decision needs is asked for first: it arrives while the models learn this one.
            _bytes.Advance(bit, ReadsContexts);
            PrepareContinuation();
            _successors.Update(bit);
            _bytes.Learn(bit);
        }
        GoToDecision();
    }

    public void Dispose()
    {
        _successors.Dispose();
        _bytes.Dispose();
        _continuation.Dispose();
    }

    /// <summary>
    /// Whether the contexts of the byte after the one in progress will be read: for the decision whether the token goes on, for a bit of that
    /// byte, or, if the token ends, for the next token.
    /// </summary>
    private bool ReadsContexts
    {
        get
        {
            var end = _place / TokenTree.PlacesPerByte * TokenTree.PlacesPerByte + TokenTree.ContinuePlace;
            if (_path.Middle == 0) return _tree.LengthOf(_path.Low) * TokenTree.PlacesPerByte == end + 1;
            return _path.Place < end + TokenTree.PlacesPerByte;
        }
    }

    /// <summary>Takes the bits up to the next decision, which are the same in all tokens that are left; without one, ends the token.</summary>
    private void GoToDecision()
    {
        var bytes = _tree.BytesOf(_path.Low);
        var target = _path.Middle == 0 ? bytes.Length * TokenTree.PlacesPerByte - 1 : _path.Place;
        while (_place < target)
        {
            int index = _place / TokenTree.PlacesPerByte, end = index * TokenTree.PlacesPerByte + TokenTree.ContinuePlace;
            if (_place == end)
            {
                _place++;   // the token goes on: no shorter one is left
                continue;
            }
            var next = Math.Min(target, end);
            _bytes.Force(bytes[index], next - index * TokenTree.PlacesPerByte, ReadsContexts);
            _place = next;
            PrepareContinuation();
        }
        if (_path.Middle == 0) End();
    }

    /// <summary>Gets ready for the decision whether the token goes on, where it comes next.</summary>
    private void PrepareContinuation()
    {
        if (IsContinuation && _path.DecidesAt(_place)) _continuation.Prepare(_path.Low);
    }

    private void End()
    {
        _successors.End(_path.Low);
        _bytes.StartToken();
    }
}
