using Compressor.Blocks;
using Compressor.Container;
using Compressor.Prediction;
using Compressor.Prediction.Mixing;
using Compressor.RangeCoding;

namespace Compressor.Payload;

/// <summary>
/// The only lane of a block, which is decoded beside those of other blocks. An error is kept rather than thrown: it is not the others'.
/// </summary>
/// <param name="model">The predictor.</param>
/// <param name="block">A block of tokens with one lane.</param>
/// <param name="dictionary">As given to the encoder.</param>
/// <param name="text">Receives the text.</param>
internal sealed class SingleLaneDecoder(ITokenModel model, Block block, DictionaryTokens? dictionary, TokenTextBuilder text) : IDisposable
{
    private RangeDecoder? _decoder;
    private TokenMemory? _memory;
    private int _decoded;

    /// <summary>The number of tokens.</summary>
    public int Tokens => block.Header.Tokens;

    /// <summary>What is wrong with the block; null for nothing so far.</summary>
    public InvalidDataException? Error { get; private set; }

    /// <summary>Decodes the next token; any token once there is an error.</summary>
    /// <param name="session">Has predicted it.</param>
    /// <param name="sessionLane">The lane's place there.</param>
    /// <param name="cancellation">Checked while the dictionary is learned.</param>
    public int DecodeNext(ILaneSession session, int sessionLane, CancellationToken cancellation)
    {
        if (Error is not null)
            return 0;
        try
        {
            if (_decoded == 0)
                Open(cancellation);
            var token = TokenCoder.Decode(_decoder!, _memory, session, sessionLane, 0, model.VocabularySize, null);
            text.Append(0, token);
            if (++_decoded == Tokens)
                Close();
            return token;
        }
        catch (InvalidDataException e)
        {
            Error = e;
            Dispose();
            return 0;
        }
    }

    public void Dispose() => _memory?.Dispose();

    private void Open(CancellationToken cancellation)
    {
        var header = block.Header;
        _decoder = new RangeDecoder(BlockDecoder.PayloadOf(block));
        _memory = header.MemoryBits == 0
            ? null
            : TokenCoder.OpenMemory(TokenPath.Bits(model.VocabularySize), new LaneLayout(Tokens, 1), header.MemoryBits, dictionary, cancellation);
    }

    private void Close()
    {
        _decoder!.Finish();
        Dispose();
    }
}
