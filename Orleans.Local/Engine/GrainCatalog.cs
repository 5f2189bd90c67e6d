using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>Which class implements which interface.</summary>
internal sealed class GrainCatalog
{
    private readonly ConcurrentDictionary<(Type Interface, string Prefix), GrainBinding> _bindings = new();
    private readonly Dictionary<GrainType, GrainClass> _classes = [];

    public GrainCatalog(LocalEngine engine, IEnumerable<Assembly> assemblies)
    {
        foreach (var type in assemblies.Distinct().SelectMany(assembly => assembly.GetTypes()).Where(IsGrainClass))
        {
            var grainClass = new GrainClass(engine, type);
            if (!_classes.TryAdd(grainClass.GrainType, grainClass))
            {
                throw new OrleansConfigurationException(
                    $"{type.FullName} and {_classes[grainClass.GrainType].Type.FullName} are both grain type \"{grainClass.GrainType}\"; "
                    + "tell them apart with [GrainType].");
            }
        }
    }

    public IReadOnlyCollection<GrainClass> Classes => _classes.Values;

    public GrainBinding Bind(Type interfaceType, string? classPrefix = null)
    {
        var key = (interfaceType, classPrefix ?? "");
        return _bindings.TryGetValue(key, out var known)
            ? known
            : _bindings.GetOrAdd(key, wanted => new GrainBinding(FindClass(wanted.Interface, wanted.Prefix), GrainInterface.Of(wanted.Interface)));
    }

    public GrainClass Find(GrainType type) => _classes.TryGetValue(type, out var found)
        ? found
        : throw new ArgumentException($"Could not find a class for grain type {type}.", nameof(type));

    private GrainClass FindClass(Type interfaceType, string prefix)
    {
        if (!interfaceType.IsInterface || !typeof(IAddressable).IsAssignableFrom(interfaceType))
        {
            throw new ArgumentException($"{interfaceType} is not a grain interface.", nameof(interfaceType));
        }

        var candidates = _classes.Values.Where(candidate => interfaceType.IsAssignableFrom(candidate.Type)
            && candidate.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal)).ToArray();

        // Of several, the one named like the interface without its I.
        var chosen = candidates.Length == 1
            ? candidates[0]
            : candidates.FirstOrDefault(candidate => candidate.Type.FullName == prefix || candidate.Type.Name == interfaceType.Name[1..]);
        return chosen ?? throw new ArgumentException(candidates.Length == 0
            ? $"Could not find an implementation for interface {interfaceType}."
            : $"Unable to identify a single appropriate grain type for interface {interfaceType}. "
                + $"Candidates: {string.Join(", ", candidates.Select(candidate => candidate.Type.FullName))}.", nameof(interfaceType));
    }

    private static bool IsGrainClass(Type type)
        => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
            && typeof(IGrain).IsAssignableFrom(type)
            && !typeof(GrainReference).IsAssignableFrom(type);
}
