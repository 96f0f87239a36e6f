namespace Compressor.Tensors;

/// <summary>A number given to a tensor operation; it takes the tensor's element type.</summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    private readonly double _value;
    private readonly long _integer;

    private Scalar(double value, long integer)
    {
        _value = value;
        _integer = integer;
    }

    /// <summary>A floating-point scalar.</summary>
    public static implicit operator Scalar(float value) => new(value, (long)value);

    /// <summary>A floating-point scalar.</summary>
    public static implicit operator Scalar(double value) => new(value, (long)value);

    /// <summary>An integer scalar.</summary>
    public static implicit operator Scalar(int value) => new(value, value);

    /// <summary>An integer scalar.</summary>
    public static implicit operator Scalar(long value) => new(value, value);

    /// <summary>The value as a 32-bit float.</summary>
    public float ToSingle() => (float)_value;

    /// <summary>The value as a 64-bit float.</summary>
    public double ToDouble() => _value;

    /// <summary>The value as a 64-bit integer, cut towards zero.</summary>
    public long ToInt64() => _integer;

    /// <inheritdoc/>
    public bool Equals(Scalar other) => _value.Equals(other._value) && _integer == other._integer;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _integer.GetHashCode();

    /// <summary>Equality of value.</summary>
    public static bool operator ==(Scalar left, Scalar right) => left.Equals(right);

    /// <summary>Inequality of value.</summary>
    public static bool operator !=(Scalar left, Scalar right) => !left.Equals(right);
}
