using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Local.Statistics;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Local;

/// <summary>A grain class of one engine and its grains in memory.</summary>
internal sealed class GrainClass
{
    private readonly ConcurrentDictionary<IdSpan, CallTarget> _targets = new();
    private readonly ConcurrentDictionary<MethodInfo, MethodInfo> _implementations = new();
    private readonly Lazy<ObjectFactory> _constructor;

    public GrainClass(LocalEngine engine, Type type)
    {
        Engine = engine;
        Type = type;
        GrainType = NameOf(type);
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        MaxWorkers = type.GetCustomAttribute<StatelessWorkerAttribute>(inherit: true)?.MaxLocalWorkers ?? 0;
        AgeLimit = AgeLimitOf(type) ?? engine.Options.CollectionAge;
        MayInterleave = FindMayInterleave(type);
        HasOnActivate = Overrides(type, nameof(IGrainBase.OnActivateAsync));
        HasOnDeactivate = Overrides(type, nameof(IGrainBase.OnDeactivateAsync));
        HasFilter = typeof(IIncomingGrainCallFilter).IsAssignableFrom(type);
        Statistics = new GrainStatistics(engine.Time);
        _constructor = new Lazy<ObjectFactory>(() => ActivatorUtilities.CreateFactory(type, Type.EmptyTypes));
    }

    public LocalEngine Engine { get; }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public bool IsReentrant { get; }

    /// <summary>Most activations of one grain; zero for an ordinary grain, which has one.</summary>
    public int MaxWorkers { get; }

    /// <summary>Infinite: never collected.</summary>
    public TimeSpan AgeLimit { get; }

    /// <summary>The class's own say on interleaving, given the grain object and the call.</summary>
    public Func<object, IInvokable, bool>? MayInterleave { get; }

    public bool HasOnActivate { get; }

    public bool HasOnDeactivate { get; }

    public bool HasFilter { get; }

    public GrainStatistics Statistics { get; }

    /// <summary>What is in memory now.</summary>
    public IEnumerable<CallTarget> Targets => _targets.Select(pair => pair.Value);

    public object Construct(IServiceProvider services) => _constructor.Value(services, null);

    public CallTarget GetOrAdd(IdSpan key)
    {
        if (_targets.TryGetValue(key, out var target))
        {
            return target;
        }

        return _targets.GetOrAdd(
            key, static (added, self) => self.MaxWorkers > 0 ? new WorkerPool(self, added) : new Activation(self, added), this);
    }

    public bool IsInMemory(IdSpan key) => _targets.ContainsKey(key);

    public void Remove(CallTarget target) => _targets.TryRemove(KeyValuePair.Create(target.Key, target));

    /// <summary>The class's method for one of an interface.</summary>
    public MethodInfo GetImplementation(MethodInfo interfaceMethod) => _implementations.GetOrAdd(interfaceMethod, wanted =>
    {
        var map = Type.GetInterfaceMap(wanted.DeclaringType!);
        return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, wanted)];
    });

    private static GrainType NameOf(Type type)
    {
        if (type.GetCustomAttribute<GrainTypeAttribute>() is { } given)
        {
            return given.GrainType;
        }

        const string suffix = "grain";
#pragma warning disable CA1308 // Grain types are lower case in Orleans too, and persisted in reminders.
        var name = type.Name.ToLowerInvariant();
#pragma warning restore CA1308
        return GrainType.Create(
            name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name);
    }

    private static TimeSpan? AgeLimitOf(Type type) => type.IsDefined(typeof(KeepAliveAttribute), inherit: true)
        ? Timeout.InfiniteTimeSpan
        : type.GetCustomAttribute<CollectionAgeLimitAttribute>(inherit: true)?.AgeLimit;

    private static Func<object, IInvokable, bool>? FindMayInterleave(Type type)
    {
        if (type.GetCustomAttribute<MayInterleaveAttribute>(inherit: true) is not { } attribute)
        {
            return null;
        }

        var method = type.GetMethod(
            attribute.CallbackMethodName,
            BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy,
            [typeof(IInvokable)]);
        if (method is null || method.ReturnType != typeof(bool))
        {
            throw new OrleansConfigurationException(
                $"{type.FullName} has no method bool {attribute.CallbackMethodName}({nameof(IInvokable)}), which its [MayInterleave] names.");
        }

        if (method.IsStatic)
        {
            var decide = method.CreateDelegate<Func<IInvokable, bool>>();
            return (_, call) => decide(call);
        }

        return (grain, call) => (bool)method.Invoke(grain, [call])!;
    }

    private static bool Overrides(Type type, string method)
    {
        if (!typeof(IGrainBase).IsAssignableFrom(type))
        {
            return false;
        }

        var map = type.GetInterfaceMap(typeof(IGrainBase));
        var position = Array.FindIndex(map.InterfaceMethods, candidate => candidate.Name == method);
        var declaring = map.TargetMethods[position].DeclaringType;
        return declaring != typeof(Grain) && declaring != typeof(IGrainBase);
    }
}
