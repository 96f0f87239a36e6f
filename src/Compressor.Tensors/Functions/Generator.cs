using System.Numerics;

namespace Compressor.Tensors;

public static partial class torch
{
    private static readonly Generator DefaultGenerator = new();

    /// <summary>Seeds the generator that is used where none is given.</summary>
    public static Generator manual_seed(long seed) => DefaultGenerator.manual_seed(seed);

    /// <summary>
    /// Random numbers: xoshiro256** seeded by SplitMix64 (Blackman and Vigna, 2018). The numbers differ from
    /// libtorch's for the same seed, and are the same on every machine.
    /// </summary>
    public sealed class Generator : IDisposable
    {
        private readonly ulong[] _state = new ulong[4];
        private long _seed;

        /// <summary>A generator with its own state.</summary>
        public Generator(ulong seed = 0) => manual_seed((long)seed);

        /// <summary>The generator that is used where none is given.</summary>
        public static Generator Default => DefaultGenerator;

        /// <summary>Restarts the sequence.</summary>
        public Generator manual_seed(long seed)
        {
            _seed = seed;
            var state = (ulong)seed;
            for (var i = 0; i < _state.Length; i++)
            {
                var z = state += 0x9E3779B97F4A7C15;
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                _state[i] = z ^ (z >> 31);
            }
            return this;
        }

        /// <summary>The seed that the sequence started from.</summary>
        public long initial_seed() => _seed;

        /// <inheritdoc/>
        public void Dispose()
        {
        }

        /// <summary>64 uniform bits.</summary>
        internal ulong NextBits()
        {
            var result = BitOperations.RotateLeft(_state[1] * 5, 7) * 9;
            var shifted = _state[1] << 17;
            _state[2] ^= _state[0];
            _state[3] ^= _state[1];
            _state[1] ^= _state[2];
            _state[0] ^= _state[3];
            _state[2] ^= shifted;
            _state[3] = BitOperations.RotateLeft(_state[3], 45);
            return result;
        }

        /// <summary>Uniform in [0, 1), a multiple of 2^-24.</summary>
        internal float NextUniform() => (NextBits() >> 40) * (1f / (1 << 24));

        /// <summary>Uniform in [0, bound): the high half of a 128-bit product, biased by less than bound / 2^64.</summary>
        internal long NextBelow(long bound) => (long)Math.BigMul(NextBits(), (ulong)bound, out _);

        /// <summary>
        /// Mean 0, variance 1, within ±6: the sum of twelve 16-bit uniforms (Irwin and Hall), an integer until the
        /// last step, so exact everywhere without a logarithm or cosine. Kurtosis is 2.9 instead of the Gaussian's 3.
        /// </summary>
        internal float NextNormal()
        {
            var sum = 0L;
            for (var i = 0; i < 3; i++)
            {
                var bits = NextBits();
                sum += (long)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48));
            }
            return (sum - 6 * 0xFFFF) * (1f / 0x10000); // the mean of one uniform is 0xFFFF / 2
        }
    }
}
