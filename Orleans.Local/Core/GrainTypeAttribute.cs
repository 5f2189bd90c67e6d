using Orleans.Runtime;

namespace Orleans;

/// <summary>Names a grain class in grain ids, in place of the class name in lower case without "Grain".</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class GrainTypeAttribute(string grainType) : Attribute
{
    internal GrainType GrainType { get; } = GrainType.Create(grainType);
}
