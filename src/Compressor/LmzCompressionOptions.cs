using Compressor.Blocks;
using Compressor.Container;

namespace Compressor;

/// <summary>How to compress. The result depends on the level, the models, the dictionary, the mixing and the block length, never on the threads.</summary>
/// <example><code>
/// var options = new LmzCompressionOptions { Level = 8, Model = LanguageModel.Load("my-model"), Threads = 4 };
/// byte[] packed = Lmz.Compress(File.ReadAllBytes("notes.md"), options);
/// </code></example>
public sealed class LmzCompressionOptions
{
    /// <summary>The shortest <see cref="BlockLength"/>, in bytes.</summary>
    public const int MinBlockLength = 1 << 12;

    /// <summary>The longest <see cref="BlockLength"/>, in bytes.</summary>
    public const int MaxBlockLength = BlockHeader.MaxContentLength;

    /// <summary>The <see cref="BlockLength"/> at the default level unless another is given, in bytes.</summary>
    public const int DefaultBlockLength = 1 << 21;

    /// <summary>The fastest <see cref="Level"/>.</summary>
    public const int MinLevel = 1;

    /// <summary>The <see cref="Level"/> whose results are smallest.</summary>
    public const int MaxLevel = 9;

    /// <summary>The <see cref="Level"/> unless another is given.</summary>
    public const int DefaultLevel = 6;

    private int? _blockLength;

    /// <summary>
    /// How much time and memory to spend: 1 is fast, 9 is small; docs/mixing.md has what each level does and gives. Levels 1 to 3
    /// use no model. Decompressing takes as long as compressing, and as much memory.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within <see cref="MinLevel"/> to <see cref="MaxLevel"/>.</exception>
    public int Level
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, MinLevel);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxLevel);
            field = value;
        }
    } = DefaultLevel;

    /// <summary>Whether the level, or a lack of memory, makes use of a model.</summary>
    public bool UsesModel => BlockSettings.Of(this).Tokens;

    /// <summary>Dictionary that the other side has too: what is compressed is predicted as if it came after it. None unless given.</summary>
    public LmzDictionary? Dictionary { get; init; }

    /// <summary>The model to compress with, where it is only one: short for <see cref="Models"/>.</summary>
    public LanguageModel? Model
    {
        get => Models is [var only] ? only : null;
        init => Models = value is null ? null : [value];
    }

    /// <summary>
    /// The models to compress with: each block is made with the one that makes it smallest, as far as a sample shows, and names it. Null or none to choose
    /// by what the block looks like among the <see cref="BuiltInModelNames"/> that are installed.
    /// </summary>
    public IReadOnlyList<LanguageModel>? Models { get; init; }

    /// <summary>The names of the models that come with the library and that the level chooses from; none where no model is used.</summary>
    public IReadOnlyList<string> BuiltInModelNames =>
        BlockSettings.Of(this) is { Tokens: true } settings ? [.. BuiltInModels.All.Where(model => model.Size <= settings.Models).Select(model => model.Name)] : [];

    /// <summary>
    /// Gives a built-in model by its name, or null where it is not installed: called when a block first needs it. Null to look for it in <c>models</c> beside the
    /// application or in one of the four folders above it.
    /// </summary>
    public Func<string, LanguageModel?>? BuiltInModelSource { get; init; }

    /// <summary>
    /// Whether context mixing, which learns from each block while it is coded, joins in (docs/mixing.md has what that saves), which is the default;
    /// without, the transformer's probabilities are coded as they are.
    /// </summary>
    public bool Mixing { get; init; } = true;

    /// <summary>
    /// Whether the model learns from each block while it is coded, which takes some ten times as long, both ways: the smallest results, the more so the longer
    /// the content is and the less it looks like what the model knows. A block is then long, unless <see cref="BlockLength"/> says otherwise. Needs a
    /// <see cref="Level"/> that uses a model, and <see cref="Mixing"/>.
    /// </summary>
    public bool Learn { get; init; }

    /// <summary>How many blocks to compress at the same time; 0 for as many as there are cores.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>What <see cref="Threads"/> comes to: the number itself, or for 0 that of the cores.</summary>
    internal int ThreadCount => Threads == 0 ? Environment.ProcessorCount : Threads;

    /// <summary>
    /// The content of a block in bytes. Blocks are independent: longer ones compress better, shorter ones give more
    /// threads something to do and take less memory. The level decides unless it is given.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within <see cref="MinBlockLength"/> to <see cref="MaxBlockLength"/>.</exception>
    public int BlockLength
    {
        get => _blockLength ?? BlockSettings.Of(this).BlockLength;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, MinBlockLength);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxBlockLength);
            _blockLength = value;
        }
    }

    /// <summary>The models that blocks with these settings may be made with.</summary>
    internal ModelChoice ModelsFor(BlockSettings settings) =>
        new([.. (Models ?? []).DistinctBy(model => model.Id)], settings.Models, BuiltInModelSource ?? BuiltInModels.TryGet);
}
