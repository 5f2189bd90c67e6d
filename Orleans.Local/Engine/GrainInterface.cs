using Orleans.Local.Proxies;
using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>A grain interface: its methods and how references of it are made. The same for all engines of a process.</summary>
internal sealed class GrainInterface
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, Lazy<GrainInterface>> Known = new();

    private GrainInterface(Type type)
    {
        InterfaceType = GrainInterfaceType.Create(type.FullName!);
        var methods = ReferenceEmitter.MethodsOf(type);
        Methods = [.. methods.Select(method => new GrainMethod(type, method))];
        Create = type == typeof(IAddressable)
            ? static (binding, key) => new GrainReference(binding, key)
            : ReferenceEmitter.Emit(type, methods);
    }

    public GrainInterfaceType InterfaceType { get; }

    public GrainMethod[] Methods { get; }

    public Func<GrainBinding, IdSpan, GrainReference> Create { get; }

    public static GrainInterface Of(Type type)
        => Known.GetOrAdd(type, static key => new Lazy<GrainInterface>(() => new GrainInterface(key))).Value;
}
