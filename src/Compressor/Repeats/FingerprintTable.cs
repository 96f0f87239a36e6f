using System.Numerics;
using System.Runtime.InteropServices;

namespace Compressor.Repeats;

/// <summary>
/// Where content was seen before, by a hash of the 64 bytes that end there. Only places whose rolling hash has a certain form are entered, one of
/// 64 on average: they are found again wherever the same bytes stand, as in content-defined chunking (Muthitacharoen, Chen, Mazières: "A low-bandwidth
/// network file system", 2001), with the gear hash of Xia et al. ("Ddelta", 2014).
/// </summary>
internal sealed class FingerprintTable
{
    /// <summary>The bytes that a hash covers.</summary>
    public const int Length = 64;

    private const int SampleBits = 6;
    private const int MinBits = 8;
    private const int MaxBits = 20; // one place for each 64 bytes of a full window

    private static readonly ulong[] Gears = MakeGears();

    private (uint Hash, long Position)[] _places = new (uint, long)[1 << MinBits]; // position 0: none
    private int _count;

    /// <summary>The rolling hash after one more byte. What is more than 64 bytes back has been shifted out.</summary>
    public static ulong Roll(ulong hash, byte next) => (hash << 1) + Gears[next];

    /// <summary>Whether a place with this rolling hash is one to look up and to enter.</summary>
    public static bool IsSample(ulong hash) => hash >> (64 - SampleBits) == 0;

    /// <summary>Enters a place.</summary>
    /// <param name="bytes">The 64 bytes that end there.</param>
    /// <param name="position">Where they end, above 0.</param>
    /// <returns>Where the same bytes seem to have ended before; 0 if nowhere.</returns>
    public long Exchange(ReadOnlySpan<byte> bytes, long position)
    {
        var hash = Hash(bytes);
        if (_count > _places.Length / 2 && _places.Length < 1 << MaxBits)
            Grow();
        ref var place = ref PlaceOf(hash);
        var before = place.Hash == hash ? place.Position : 0;
        _count += place.Position == 0 ? 1 : 0;
        place = (hash, position);
        return before;
    }

    private ref (uint Hash, long Position) PlaceOf(uint hash) => ref _places[hash & (_places.Length - 1)];

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 0ul;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes[..Length]))
            hash = (BitOperations.RotateLeft(hash, 23) ^ word) * 0x9E3779B97F4A7C15;
        return (uint)(hash >> 32);
    }

    private void Grow()
    {
        var old = _places;
        _places = new (uint, long)[2 * old.Length];
        foreach (var place in old)
        {
            if (place.Position > 0)
                PlaceOf(place.Hash) = place;
        }
    }

    /// <summary>Numbers without a pattern, always the same ones (splitmix64).</summary>
    private static ulong[] MakeGears()
    {
        var gears = new ulong[256];
        var state = 0ul;
        for (var i = 0; i < gears.Length; i++)
        {
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            gears[i] = mixed ^ (mixed >> 31);
        }

        return gears;
    }
}
