namespace Orleans.Runtime;

/// <summary>Tells the activations of a process apart.</summary>
public readonly record struct ActivationId(Guid Key)
{
    /// <summary>Whether it is empty.</summary>
    public bool IsDefault => Key == Guid.Empty;

    /// <summary>A new one.</summary>
    public static ActivationId NewId() => new(Guid.NewGuid());

    /// <inheritdoc/>
    public override string ToString() => $"@{Key:N}";
}
