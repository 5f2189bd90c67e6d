using System.Diagnostics.CodeAnalysis;

namespace Orleans;

/// <summary>Activations of the class are never collected for being idle.</summary>
[AttributeUsage(AttributeTargets.Class)]
[SuppressMessage("Performance", "CA1813:Avoid unsealed attributes", Justification = "Part of the programming model.")]
public class KeepAliveAttribute : Attribute;
