using Orleans;

namespace Chat4All.Tests.Compliance;

/// <summary>
/// A running engine that hosts the grains of this assembly, with reminders in memory from one second, collection every second, and
/// <see cref="EngineCallFilter"/> registered.
/// </summary>
public abstract class EngineFixture : IAsyncLifetime
{
    /// <summary>Shortest period that reminders may have in the suite.</summary>
    public static readonly TimeSpan MinimumReminderPeriod = TimeSpan.FromSeconds(1);

    /// <summary>How often idle activations are looked for.</summary>
    public static readonly TimeSpan CollectionQuantum = TimeSpan.FromSeconds(1);

    /// <summary>The way to the grains, as the web server has it.</summary>
    public abstract IGrainFactory Grains { get; }

    /// <inheritdoc/>
    public abstract Task InitializeAsync();

    /// <inheritdoc/>
    public abstract Task DisposeAsync();
}
