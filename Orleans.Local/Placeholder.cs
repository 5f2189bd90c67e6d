// Bridge until the engine's own vocabulary lands in this folder; whoever brings it deletes this file.
#pragma warning disable
namespace Orleans
{
    public interface IAddressable { }
    public interface IGrain : IAddressable { }
    public interface IGrainWithStringKey : IGrain { }
    public sealed class GenerateSerializerAttribute : Attribute { }
    public sealed class IdAttribute(uint id) : Attribute { public uint Id => id; }
    public sealed class AliasAttribute(string alias) : Attribute { public string Alias => alias; }
    public sealed class ImmutableAttribute : Attribute { }
    public interface IGrainFactory { TGrain GetGrain<TGrain>(string key, string? grainClassNamePrefix = null) where TGrain : IGrainWithStringKey; }
}
namespace Orleans.Concurrency
{
    public sealed class AlwaysInterleaveAttribute : Attribute { }
    public sealed class OneWayAttribute : Attribute { }
}
