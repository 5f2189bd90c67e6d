using Orleans.Runtime;

namespace Orleans;

/// <summary>Marks an interface whose methods are calls to a grain.</summary>
public interface IGrain : IAddressable;

/// <summary>A grain found by a string key.</summary>
public interface IGrainWithStringKey : IGrain;

/// <summary>A grain found by a <see cref="Guid"/> key.</summary>
public interface IGrainWithGuidKey : IGrain;

/// <summary>A grain found by a <see cref="long"/> key.</summary>
public interface IGrainWithIntegerKey : IGrain;

/// <summary>A grain found by a <see cref="Guid"/> and a string.</summary>
public interface IGrainWithGuidCompoundKey : IGrain;

/// <summary>A grain found by a <see cref="long"/> and a string.</summary>
public interface IGrainWithIntegerCompoundKey : IGrain;
