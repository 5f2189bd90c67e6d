using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>What the engine logs.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Grain {GrainId} failed to activate")]
    public static partial void ActivationFailed(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Grain {GrainId} failed in OnDeactivateAsync")]
    public static partial void DeactivationFailed(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Disposing grain {GrainId} failed")]
    public static partial void DisposalFailed(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "A timer of grain {GrainId} failed; it ticks on")]
    public static partial void TickFailed(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "One-way call {Method} to grain {GrainId} failed")]
    public static partial void OneWayCallFailed(ILogger logger, Exception exception, string method, GrainId grainId);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "{Calls} calls had no answer in time; the oldest: {Call}")]
    public static partial void CallsTimedOut(ILogger logger, int calls, string call);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning, Message = "Stopped with {Activations} activations left")]
    public static partial void StoppedEarly(ILogger logger, int activations);

    [LoggerMessage(EventId = 9, Level = LogLevel.Critical, Message = "The engine itself failed at grain {GrainId}")]
    public static partial void PumpFailed(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(EventId = 10, Level = LogLevel.Error, Message = "Grain {GrainId} failed to say whether a call may interleave, so it waits")]
    public static partial void MayInterleaveFailed(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(EventId = 8, Level = LogLevel.Error, Message = "Reminder {Reminder} of grain {GrainId} failed; it is tried again at its next tick")]
    public static partial void ReminderFailed(ILogger logger, Exception exception, string reminder, GrainId grainId);
}
