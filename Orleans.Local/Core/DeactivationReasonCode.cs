using System.Diagnostics.CodeAnalysis;

namespace Orleans;

/// <summary>Why an activation ends. The embedded engine uses <see cref="ShuttingDown"/> to <see cref="ActivationIdle"/> and the last four.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "The type is part of the programming model.")]
public enum DeactivationReasonCode : byte
{
    /// <summary>No reason.</summary>
    None,

    /// <summary>The process ends.</summary>
    ShuttingDown,

    /// <summary>The grain could not be constructed or refused to activate.</summary>
    ActivationFailed,

    /// <summary>The directory failed. Never in one process.</summary>
    DirectoryFailure,

    /// <summary>Nobody called the grain for as long as its collection age.</summary>
    ActivationIdle,

    /// <summary>A call never ended. Not used by this engine.</summary>
    ActivationUnresponsive,

    /// <summary>Another activation exists. Never in one process.</summary>
    DuplicateActivation,

    /// <summary>An incompatible version was called. Never in one process.</summary>
    IncompatibleRequest,

    /// <summary>The application failed.</summary>
    ApplicationError,

    /// <summary>The application asked for it.</summary>
    ApplicationRequested,

    /// <summary>The grain moves to another host. Never in one process.</summary>
    Migrating,

    /// <summary>The engine decided so.</summary>
    RuntimeRequested,

    /// <summary>Memory is short. Not used by this engine.</summary>
    HighMemoryPressure,
}
