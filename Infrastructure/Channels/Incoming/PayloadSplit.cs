using System.Text.Json;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Incoming;

/// <summary>
/// Takes a call of Meta's apart, which gathers what happened to many people, so that nobody waits for what another one's part needs and no event is larger than one message. What stands
/// beside the lists goes with each part.
/// </summary>
internal static class PayloadSplit
{
    /// <summary>The parts under their keys, in their order; the body itself where there is only one.</summary>
    /// <param name="levels">The names of what is descended into: lists, of which a part has one element, and objects.</param>
    public static IReadOnlyList<IncomingPart> Of(IIncomingPayloads payloads, ReadOnlyMemory<byte> body, string[][] levels)
    {
        using var document = JsonDocument.Parse(body);
        var leaves = Leaves(document.RootElement, levels, 0).ToList();
        return leaves.Count == 1
            ? [new IncomingPart(KeyOf(payloads, body), body)]
            : [.. leaves.Select(leaf => Write(document.RootElement, leaf, levels)).Select(part => new IncomingPart(KeyOf(payloads, part), part))];
    }

    /// <summary>Whoever or whatever the body is about, when that is one.</summary>
    public static string? KeyOf(IIncomingPayloads payloads, ReadOnlyMemory<byte> body) => payloads.Read(body).Keys is [var key] ? key : null;

    private static IEnumerable<Step[]> Leaves(JsonElement element, string[][] levels, int level)
    {
        var isLeaf = true;
        if (level < levels.Length && element.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in element.EnumerateObject().Where(field => levels[level].Contains(field.Name)))
            {
                foreach (var item in field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray() : (IEnumerable<JsonElement>)[field.Value])
                {
                    isLeaf = false;
                    foreach (var rest in Leaves(item, levels, level + 1))
                    {
                        yield return [new Step(field.Name, item), .. rest];
                    }
                }
            }
        }

        if (isLeaf)
        {
            yield return [];
        }
    }

    private static byte[] Write(JsonElement root, Step[] leaf, string[][] levels) =>
        EventJson.Write((root, leaf, levels), static (json, part) => WriteFields(json, part.root, part.leaf, part.levels, 0));

    private static void WriteFields(Utf8JsonWriter json, JsonElement element, Step[] leaf, string[][] levels, int level)
    {
        foreach (var field in element.EnumerateObject())
        {
            if (level < leaf.Length && field.Name == leaf[level].Name)
            {
                json.WritePropertyName(field.Name);
                WriteStep(json, field.Value.ValueKind == JsonValueKind.Array, leaf, levels, level);
            }
            else if (field.Name == "contacts" && level == leaf.Length - 1 && field.Value.ValueKind == JsonValueKind.Array)
            {
                WriteContacts(json, field.Value, leaf[level].Element);
            }
            else if (level >= leaf.Length || !levels[level].Contains(field.Name))
            {
                field.WriteTo(json);
            }
        }
    }

    private static void WriteStep(Utf8JsonWriter json, bool isList, Step[] leaf, string[][] levels, int level)
    {
        if (isList)
        {
            json.WriteStartArray();
        }

        var element = leaf[level].Element;
        if (element.ValueKind == JsonValueKind.Object)
        {
            json.WriteStartObject();
            WriteFields(json, element, leaf, levels, level + 1);
            json.WriteEndObject();
        }
        else
        {
            element.WriteTo(json);
        }

        if (isList)
        {
            json.WriteEndArray();
        }
    }

    /// <summary>WhatsApp's names of everybody in the call: only the sender's, or the parts of a large call would add up to its square.</summary>
    private static void WriteContacts(Utf8JsonWriter json, JsonElement contacts, JsonElement message)
    {
        json.WriteStartArray("contacts"u8);
        foreach (var contact in contacts.EnumerateArray().Where(contact => contact.Text("wa_id") is { } id && id == message.Text("from")))
        {
            contact.WriteTo(json);
        }

        json.WriteEndArray();
    }

    private readonly record struct Step(string Name, JsonElement Element);
}
