using System.Diagnostics.CodeAnalysis;

namespace Orleans.Concurrency;

/// <summary>Says that a value is not changed after it was handed over, so that no engine needs to copy it.</summary>
[GenerateSerializer, Immutable]
[SuppressMessage("Design", "CA1051:Do not declare visible instance fields", Justification = "Part of the programming model.")]
public readonly struct Immutable<T>(T value)
{
    /// <summary>The value.</summary>
    [Id(0)]
    public readonly T Value = value;
}

/// <summary>Makes <see cref="Immutable{T}"/> values.</summary>
public static class ImmutableExtensions
{
    /// <summary>Wraps a value that is not changed any more.</summary>
    public static Immutable<T> AsImmutable<T>(this T value) => new(value);
}
