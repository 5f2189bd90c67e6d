using System.Text.Json;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Orleans;
using Orleans.Runtime;

namespace Chat4All.Frontend.Api;

/// <summary>The messages of a batch request, or for each that is not valid what is wrong with it.</summary>
internal sealed class MessageBatch
{
    private const int MaxMessages = 500;

    private readonly List<(MessageRequest? Request, ChatError? Error)> _items = [];

    public int Count => _items.Count;

    public static MessageBatch Parse(HttpContext context, ReadOnlySpan<byte> body)
    {
        var caller = context.Caller();
        var sender = new Sender(caller.UserId, caller.Username, caller.Name);
        var errors = new FieldErrors();
        var batch = new MessageBatch();
        var json = JsonText.Open(body);
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw ChatException.Invalid(ErrorCodes.MalformedJson, "The body must be a JSON object.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isMessages = json.ValueTextEquals("messages"u8);
            json.Read();
            if (isMessages && json.TokenType == JsonTokenType.StartArray)
            {
                batch.ReadItems(ref json, body, sender);
            }
            else
            {
                json.Skip();
            }
        }

        JsonText.RequireEnd(ref json);
        if (batch.Count is 0 or > MaxMessages)
        {
            errors.Add("messages", $"must be an array of 1 to {MaxMessages} messages");
        }

        errors.ThrowIfAny();
        return batch;
    }

    /// <summary>Throws <c>batch_too_large</c>: to wait, as after a 429, would not help.</summary>
    public void RequireAtMost(int messages)
    {
        if (Count > messages)
        {
            throw ChatException.Invalid(
                ErrorCodes.BatchTooLarge, $"The batch has {Count} messages, and {messages} a minute are allowed: it can never pass whole. Send at most {messages} in a batch.", "messages");
        }
    }

    /// <summary>Sends what is valid, one call a conversation, and answers in the order of the request.</summary>
    public async Task<BatchResult[]> SendAsync(IGrainFactory grains, CancellationToken cancellationToken)
    {
        var results = new BatchResult[_items.Count];
        var conversations = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < _items.Count; i++)
        {
            if (_items[i].Request is not { } request)
            {
                results[i] = BatchResult.From(_items[i].Error!);
            }
            else if (conversations.TryGetValue(request.ConversationId, out var places))
            {
                places.Add(i);
            }
            else
            {
                conversations.Add(request.ConversationId, [i]);
            }
        }

        await Task.WhenAll(conversations.Select(one => SendAsync(grains, one.Key, one.Value, results, cancellationToken)));
        return results;
    }

    private async Task SendAsync(IGrainFactory grains, string conversationId, List<int> places, BatchResult[] results, CancellationToken cancellationToken)
    {
        try
        {
            SendMessage[] messages = [.. places.Select(place => _items[place].Request!.Value.Message)];
            var outcomes = await grains.GetGrain<IConversationGrain>(conversationId).SendMany(messages, cancellationToken);
            for (var i = 0; i < outcomes.Length; i++)
            {
                results[places[i]] = BatchResult.From(outcomes[i]);
            }
        }
        catch (ChatException refused)
        {
            places.ForEach(place => results[place] = BatchResult.From(refused.Error));
        }
        catch (Exception lost) when (lost is TimeoutException or OrleansException)
        {
            // The other conversations' answers still count.
            places.ForEach(place => results[place] = BatchResult.From(ProblemsOfExceptions.OutcomeUnknown()));
        }

        foreach (var place in places.Where(place => results[place].MessageId is null))
        {
            results[place] = results[place] with { MessageId = _items[place].Request!.Value.Message.MessageId };
        }
    }

    private void ReadItems(ref Utf8JsonReader json, ReadOnlySpan<byte> body, Sender sender)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var errors = new FieldErrors();
            try
            {
                var request = MessageRequest.Read(ref json, body, sender, idempotencyKey: null, TimeProvider.System, errors);
                _items.Add((request, errors.Any ? errors.ToError() : null));
            }
            catch (ChatException refused)
            {
                _items.Add((null, refused.Error));
            }
        }
    }
}
