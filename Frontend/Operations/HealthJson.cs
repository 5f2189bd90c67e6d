using System.Text.Json.Serialization;

namespace Chat4All.Frontend.Operations;

/// <summary>The answer of <c>/health</c>.</summary>
internal sealed record HealthAnswer(string Status, string Service, string Version);

/// <summary>The answer of <c>/ready</c>; <c>ready</c>, <c>not_ready</c> or <c>shutting_down</c>.</summary>
internal sealed record ReadyAnswer(string Status, IReadOnlyDictionary<string, DependencyState> Dependencies);

/// <summary>A dependency's part of it; <c>up</c> or <c>down</c>.</summary>
internal sealed record DependencyState(string Status, double LatencyMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
