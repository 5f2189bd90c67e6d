using System.Text;
using System.Text.Json;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api;

/// <summary>The contract's rules for requests about conversations, checked before any grain is asked.</summary>
internal static class ConversationRules
{
    private const int MaxMembers = 100;
    private const int MinGroup = 3;
    private const int MaxMetadata = 16 * 1024;
    private const string IdRule = "must be 1 to 64 characters of A-Z a-z 0-9 . _ : - and start with a letter or digit";

    /// <summary>The command for a valid request; throws <c>validation_failed</c>.</summary>
    public static CreateConversation Check(ConversationRequest request, string callerId)
    {
        var errors = new FieldErrors();
        ConversationType? type = request.Type switch
        {
            "private" => ConversationType.Private,
            "group" => ConversationType.Group,
            _ => null,
        };
        if (type is null)
        {
            errors.Add("type", "must be private or group");
        }

        if (request.ConversationId is { } id && !Ids.IsValid(id))
        {
            errors.Add("conversation_id", IdRule);
        }

        var members = Members(request.Members, errors);
        if (members is not null)
        {
            CheckSize(type, members.Length, errors);
            if (!members.Contains(callerId))
            {
                errors.Add("members", "must include the caller");
            }
        }

        var metadata = request.Metadata is null ? "{}" : Metadata(request.Metadata, errors);
        errors.ThrowIfAny();
        return new CreateConversation { CreatorId = callerId, Type = type!.Value, Members = members!, Metadata = metadata };
    }

    /// <summary>The users to add; throws <c>validation_failed</c>.</summary>
    public static string[] NewMembers(MembersRequest request)
    {
        var errors = new FieldErrors();
        var members = Members(request.Members ?? (request.UserId is { } one ? [one] : null), errors);
        errors.ThrowIfAny();
        return members!;
    }

    /// <summary>A JSON object as text; a finding when it is none, or too large.</summary>
    public static string Metadata(JsonElement? metadata, FieldErrors errors)
    {
        if (metadata is not { ValueKind: JsonValueKind.Object } json)
        {
            errors.Add("metadata", "must be an object");
            return "{}";
        }

        var bytes = Encoding.UTF8.GetBytes(json.GetRawText());
        var reader = JsonText.Open(bytes);
        return JsonText.ReadObject(ref reader, bytes, "metadata", MaxMetadata, errors) ?? "{}";
    }

    /// <summary>Throws <c>invalid_id</c>.</summary>
    public static void RequireId(string id, string field)
    {
        if (!Ids.IsValid(id))
        {
            throw ChatException.Invalid(ErrorCodes.InvalidId, $"{field} {IdRule}.", field);
        }
    }

    private static string[]? Members(string?[]? members, FieldErrors errors)
    {
        if (members is null or { Length: 0 or > MaxMembers })
        {
            errors.Add("members", $"must be 1 to {MaxMembers} user ids");
            return null;
        }

        if (!members.All(member => member is not null && Ids.IsValid(member)))
        {
            errors.Add("members", $"each {IdRule}");
            return null;
        }

        if (members.Distinct().Count() != members.Length)
        {
            errors.Add("members", "must be distinct");
            return null;
        }

        return members!;
    }

    private static void CheckSize(ConversationType? type, int members, FieldErrors errors)
    {
        if (type == ConversationType.Private && members != 2)
        {
            errors.Add("members", "a private conversation has exactly 2 members");
        }
        else if (type == ConversationType.Group && members < MinGroup)
        {
            errors.Add("members", $"a group has {MinGroup} to {MaxMembers} members");
        }
    }
}
