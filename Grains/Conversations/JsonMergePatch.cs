using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chat4All.Grains.Conversations;

/// <summary>RFC 7396: members of the patch replace, null removes, objects merge.</summary>
internal static class JsonMergePatch
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = Events.EventJson.WriterOptions.Encoder };

    /// <param name="target">A JSON object as text.</param>
    /// <param name="patch">A JSON object as text.</param>
    public static string Apply(string target, string patch) =>
        Merge(JsonNode.Parse(target), JsonNode.Parse(patch)!.AsObject()).ToJsonString(Options);

    private static JsonObject Merge(JsonNode? target, JsonObject patch)
    {
        var merged = target is JsonObject existing ? existing.DeepClone().AsObject() : [];
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = value is JsonObject nested ? Merge(merged[name], nested) : value.DeepClone();
            }
        }

        return merged;
    }
}
