namespace Compressor;

/// <summary>How a <see cref="LmzRecordWriter"/> writes records.</summary>
public sealed record LmzRecordOptions
{
    /// <summary>The least and the most that <see cref="Level"/> may be.</summary>
    public const int MinLevel = 1, MaxLevel = 3;

    /// <summary>The default of <see cref="Level"/>.</summary>
    public const int DefaultLevel = 3;

    /// <summary>The default of <see cref="GroupSize"/>.</summary>
    public const int DefaultGroupSize = 64;

    /// <summary>The largest <see cref="GroupSize"/>.</summary>
    public const int MaxGroupSize = 1 << 16;

    /// <summary>The maximum length of a record in bytes: 16 MiB. What is longer is a file.</summary>
    public const int MaxRecordLength = 1 << 24;

    /// <summary>1 for speed, 3 for the smallest size; 2 is between. No level needs a model.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within <see cref="MinLevel"/> to <see cref="MaxLevel"/>.</exception>
    public int Level
    {
        get;
        init => field = Checked(value, MinLevel, MaxLevel);
    }
    = DefaultLevel;

    /// <summary>What all records are predicted from; null for none. The same is needed to read them.</summary>
    public LmzDictionary? Dictionary { get; init; }

    /// <summary>
    /// Whether the records of a group learn from each other. Then they are smaller, and reading one decodes those of its group that come before. Otherwise each is
    /// decoded alone.
    /// </summary>
    public bool Together { get; init; }

    /// <summary>The most records of a group, which has one check and is written at once; a group ends at a mebibyte too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within 1 to <see cref="MaxGroupSize"/>.</exception>
    public int GroupSize
    {
        get;
        init => field = Checked(value, 1, MaxGroupSize);
    }
    = DefaultGroupSize;

    /// <summary>Whether each record has a check of its own, of its content: four bytes more.</summary>
    public bool CheckRecords { get; init; }

    /// <summary>Whether each record has a number to find it by, such as its time: a byte or a few more.</summary>
    public bool Keyed { get; init; }

    /// <summary>The number of threads; 0 for one on each core. What is written does not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int Threads
    {
        get;
        init => field = Checked(value, 0, int.MaxValue);
    }

    internal int ThreadCount => Threads == 0 ? Environment.ProcessorCount : Threads;

    private static int Checked(int value, int min, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, min);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max);
        return value;
    }
}
