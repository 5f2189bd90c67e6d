using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>The grains of one process.</summary>
internal sealed class LocalEngine : IClusterClient
{
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(1);

    private readonly CallShuffle? _shuffle;
    private readonly long _responseTimeout;
    private volatile EngineState _state;

    public LocalEngine(IServiceProvider services, LocalEngineOptions options, IEnumerable<Assembly> assemblies)
    {
        ServiceProvider = services;
        Options = options;
        Time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        Logger = services.GetRequiredService<ILoggerFactory>().CreateLogger<LocalEngine>();
        Filters = [.. services.GetServices<IIncomingGrainCallFilter>()];
        _responseTimeout = ToTimestampTicks(options.ResponseTimeout);
        _shuffle = options.ShuffleCalls is { } seed ? new CallShuffle(this, seed) : null;
        Catalog = new GrainCatalog(this, assemblies);
    }

    public IServiceProvider ServiceProvider { get; }

    public LocalEngineOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public IIncomingGrainCallFilter[] Filters { get; }

    public GrainCatalog Catalog { get; }

    public PendingCalls Pending { get; } = new();

    public bool HasStopped => _state == EngineState.Stopped;

    /// <summary>How often calls without an answer are looked at.</summary>
    public TimeSpan SweepPeriod => TimeSpan.FromTicks(Math.Clamp(
        Options.ResponseTimeout.Ticks, TimeSpan.TicksPerMillisecond, LongestSweep.Ticks));

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Get<TGrainInterface>(IdSpan.Create(primaryKey), grainClassNamePrefix);
    }

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey
        => Get<TGrainInterface>(GrainIdKeyExtensions.CreateGuidKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey
        => Get<TGrainInterface>(GrainIdKeyExtensions.CreateIntegerKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey
        => Get<TGrainInterface>(GrainIdKeyExtensions.CreateGuidKey(primaryKey, keyExtension), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey
        => Get<TGrainInterface>(GrainIdKeyExtensions.CreateIntegerKey(primaryKey, keyExtension), grainClassNamePrefix);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(grainPrimaryKey);
        return Get(grainInterfaceType, IdSpan.Create(grainPrimaryKey));
    }

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey)
        => Get(grainInterfaceType, GrainIdKeyExtensions.CreateGuidKey(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey)
        => Get(grainInterfaceType, GrainIdKeyExtensions.CreateIntegerKey(grainPrimaryKey));

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable
        => (TGrainInterface)(object)GetReference(Catalog.Find(grainId.Type), typeof(TGrainInterface), grainId.Key);

    public GrainReference GetReference(GrainClass grainClass, Type interfaceType, IdSpan key)
    {
        var binding = Catalog.Bind(interfaceType, grainClass.Type.FullName);
        return binding.Interface.Create(binding, key);
    }

    public bool HasFilters(GrainClass grainClass) => Filters.Length > 0 || grainClass.HasFilter;

    public void Send(GrainCall call)
    {
        if (!call.Has(TurnOptions.OneWay))
        {
            Pending.Add(call);
            call.ListenForCancellation();
        }

        PassOn(call);
    }

    /// <summary>Brings a call to its grain, at once or shuffled among others.</summary>
    public void PassOn(GrainCall call)
    {
        if (_shuffle is null)
        {
            Deliver(call);
        }
        else
        {
            _shuffle.Add(call);
        }
    }

    /// <summary>Brings a call to its grain now.</summary>
    public void Deliver(GrainCall call)
    {
        if (_state == EngineState.Running || IsServedWhileStopping(call))
        {
            call.Target.Locate().Receive(call);
        }
        else
        {
            call.Fail(Refusal(call.ToString()));
        }
    }

    /// <summary>What everybody gets who wants something of an engine that stops.</summary>
    public SiloUnavailableException Refusal(string what)
        => new($"The engine {(HasStopped ? "has stopped" : "is stopping")} and refuses: {what}.");

    public long ToTimestampTicks(TimeSpan time) => (long)(time.TotalSeconds * Time.TimestampFrequency);

    /// <summary>Answers the calls whose time is up.</summary>
    public void ExpireCalls()
    {
        var expired = Pending.Find(IsOverdue);
        if (expired.Count == 0)
        {
            return;
        }

        EngineLog.CallsTimedOut(Logger, expired.Count, expired[0].ToString());
        foreach (var call in expired)
        {
            call.OnTimeout(call.Method.ResponseTimeout ?? Options.ResponseTimeout);
        }
    }

    public bool IsOverdue(GrainCall call) => Time.GetTimestamp() - call.SentAt
        > (call.Method.ResponseTimeout is { } own ? ToTimestampTicks(own) : _responseTimeout);

    /// <summary>Ends the activations that nobody uses.</summary>
    public void CollectIdle()
    {
        var now = Time.GetTimestamp();
        foreach (var grainClass in Catalog.Classes)
        {
            foreach (var target in grainClass.Targets)
            {
                target.CollectIfIdle(now);
            }
        }
    }

    /// <summary>
    /// Ends all activations; meanwhile grains may call each other, and nobody else may call a grain that is not in memory. After that
    /// every call is refused.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (HasStopped)
        {
            return;
        }

        _state = EngineState.Stopping;
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The process is shutting down.");
        try
        {
            await EndAllAsync();

            // What slipped in between finds the engine stopped and refuses to activate, or is found here.
            _state = EngineState.Stopped;
            await EndAllAsync();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            EngineLog.StoppedEarly(Logger, Catalog.Classes.Sum(grainClass => grainClass.Targets.Count()));
        }

        _state = EngineState.Stopped;
        foreach (var call in Pending.Find(static _ => true))
        {
            call.Fail(Refusal(call.ToString()));
        }

        async Task EndAllAsync()
        {
            // A grain that deactivates may call others, which activates them; they end in the next round.
            while (Catalog.Classes.SelectMany(grainClass => grainClass.Targets).ToArray() is { Length: > 0 } targets)
            {
                await Task.WhenAll(targets.Select(target => target.EndAsync(reason, cancellation))).WaitAsync(cancellation);
            }
        }
    }

    private bool IsServedWhileStopping(GrainCall call)
        => _state == EngineState.Stopping && (call.Source is not null || call.Target.Class.IsInMemory(call.Target.Key));

    private TGrainInterface Get<TGrainInterface>(IdSpan key, string? classPrefix)
    {
        var binding = Catalog.Bind(typeof(TGrainInterface), classPrefix);
        return (TGrainInterface)(object)binding.Interface.Create(binding, key);
    }

    private IGrain Get(Type interfaceType, IdSpan key)
    {
        ArgumentNullException.ThrowIfNull(interfaceType);
        var binding = Catalog.Bind(interfaceType);
        return (IGrain)binding.Interface.Create(binding, key);
    }
}
