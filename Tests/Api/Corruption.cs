using System.Text;
using System.Text.Json.Nodes;

namespace Chat4All.Tests.Api;

/// <summary>A request body that must be refused.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Body">The bytes sent.</param>
/// <param name="ContentType">The media type sent, or null for none.</param>
internal sealed record Corruption(string Name, byte[] Body, string? ContentType = "application/json")
{
    private const int Depth = 20_000;
    private const string Placeholder = "placeholder";
    private const int MoreThanAnyBody = 3 * 1024 * 1024;

    /// <summary>Ids that are none: paths, SQL, control characters, too long, wrong start.</summary>
    public static IReadOnlyList<string> HostileIds { get; } =
    [
        "", " ", "a b", "../../etc/passwd", "..", "-leading", ".leading", "'; drop table messages; --", "a/b", "a\\b", "a\u0000b", "a\r\nb", "é", "用户", "<script>", "%2e%2e", new('a', 65),
    ];

    /// <summary>Everything that can be wrong with the body of a call.</summary>
    public static IEnumerable<Corruption> Of(ApiCall call)
    {
        foreach (var corruption in OfAnyBody(call))
        {
            yield return corruption;
        }

        if (call.Body is null)
        {
            yield break;
        }

        foreach (var field in call.Required)
        {
            yield return Json($"without {field}", Without(call.Body, field));
            yield return Json($"{field} null", With(call.Body, field, null));
        }

        foreach (var (field, value) in call.Body)
        {
            foreach (var wrong in WrongTypes(value!))
            {
                yield return Json($"{field} = {Short(wrong)}", With(call.Body, field, wrong));
            }

            yield return NotUtf8(field, With(call.Body, field, JsonValue.Create(Placeholder)));
        }

        foreach (var field in call.Ids)
        {
            foreach (var id in HostileIds)
            {
                yield return Json($"{field} = {Short(JsonValue.Create(id))}", With(call.Body, field, JsonValue.Create(id)));
            }
        }

        foreach (var (path, longest) in call.Longest)
        {
            yield return Json($"{path} too long", With(call.Body, path, JsonValue.Create(new string('x', longest + 1))));
        }
    }

    /// <summary>A body as JSON.</summary>
    public static Corruption Json(string name, JsonNode body) => new(name, Encoding.UTF8.GetBytes(body.ToJsonString()));

    /// <summary>A copy of an object with another value in a field; dots go into objects.</summary>
    public static JsonObject With(JsonObject body, string path, JsonNode? value)
    {
        var copy = body.DeepClone().AsObject();
        var segments = path.Split('.');
        var holder = segments[..^1].Aggregate(copy, (inner, segment) => inner[segment]!.AsObject());
        holder[segments[^1]] = value?.DeepClone();
        return copy;
    }

    private static IEnumerable<Corruption> OfAnyBody(ApiCall call)
    {
        if (!call.BodyIsOptional)
        {
            yield return Text("no body", "");
            yield return Text("null", "null");
        }

        yield return Text("half an object", "{\"a\":");
        yield return Text("no JSON", "<xml/>");
        yield return Text("a list", "[]");
        yield return Text("a text", "\"text\"");
        yield return Text("a number", "1");
        yield return Text("something behind the object", "{} {}");
        yield return Text("deeply nested lists", new string('[', Depth));
        yield return Text("deeply nested unknown field", $"{{\"unknown\":{new string('[', Depth)}{new string(']', Depth)}}}");
        yield return new("not UTF-8", [.. "{\"a\":\""u8, 0xff, 0xfe, 0xc3, .. "\"}"u8]);
        yield return new("UTF-16", Encoding.Unicode.GetBytes("{}"));
        yield return Text("too large", $"{{\"unknown\":\"{new string('x', MoreThanAnyBody)}\"}}");
        yield return new("another media type", "{}"u8.ToArray(), "text/plain");
        yield return new("no media type", "{}"u8.ToArray(), null);
    }

    /// <summary>A text that is no UTF-8 where the placeholder stands.</summary>
    private static Corruption NotUtf8(string field, JsonObject body)
    {
        var json = body.ToJsonString();
        var at = json.IndexOf(Placeholder, StringComparison.Ordinal);
        return new($"{field} not UTF-8", [.. Encoding.UTF8.GetBytes(json[..at]), 0xc3, 0x28, 0xff, .. Encoding.UTF8.GetBytes(json[(at + Placeholder.Length)..])]);
    }

    private static Corruption Text(string name, string body) => new(name, Encoding.UTF8.GetBytes(body));

    /// <summary>Values of every JSON type but the one that is right.</summary>
    private static IEnumerable<JsonNode> WrongTypes(JsonNode right)
    {
        JsonNode[] all = [JsonValue.Create("text"), JsonValue.Create(1.5), JsonValue.Create(true), new JsonArray(1, 2), new JsonObject { ["a"] = 1 }];
        return all.Where(wrong => wrong.GetValueKind() != right.GetValueKind() && !(wrong.GetValueKind() is System.Text.Json.JsonValueKind.True && right.GetValueKind() is System.Text.Json.JsonValueKind.False));
    }

    private static JsonObject Without(JsonObject body, string field)
    {
        var copy = body.DeepClone().AsObject();
        copy.Remove(field);
        return copy;
    }

    private static string Short(JsonNode value) => value.ToJsonString() is { Length: > 40 } text ? text[..40] + "…" : value.ToJsonString();
}
