namespace Orleans.Local;

/// <summary>What all references by one interface to grains of one class share.</summary>
internal sealed record GrainBinding(GrainClass Class, GrainInterface Interface);
