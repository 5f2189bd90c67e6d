using System.Globalization;
using Chat4All.LoadTests.Http;
using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>Fresh groups of demo users for one scenario, and the requests that go into them.</summary>
internal sealed class ConversationSet(ScenarioContext context, string prefix, IReadOnlyList<Conversation> conversations)
{
    /// <summary>Demo users who take part; the others keep a short conversation list.</summary>
    private const int Senders = 6;

    public IReadOnlyList<Conversation> All => conversations;

    /// <summary>Start of the message ids, before the number.</summary>
    public string MessagePrefix => prefix;

    /// <summary>Groups of three, each with another owner in turn.</summary>
    public static Task<ConversationSet> CreateAsync(ScenarioContext context, string scenario, int count, CancellationToken cancellationToken)
    {
        var prefix = $"{scenario}-{context.RunId}";
        return CreateAsync(context, prefix, [.. Enumerable.Range(0, count).Select(i =>
        {
            string[] members = [.. Enumerable.Range(i, 3).Select(n => Population.Demo((n % Senders) + 1))];
            return new Conversation($"{prefix}-{i.ToString("D4", CultureInfo.InvariantCulture)}", members[0], members);
        })], cancellationToken);
    }

    /// <summary>Groups of three that one half of the users own and the other half receives in, so that an owner's sockets hear of each message once.</summary>
    public static Task<ConversationSet> CreateForDeliveryAsync(ScenarioContext context, string scenario, int count, CancellationToken cancellationToken)
    {
        var prefix = $"{scenario}-{context.RunId}";
        return CreateAsync(context, prefix, [.. Enumerable.Range(0, count).Select(i =>
        {
            var owner = Population.Demo((i % (Senders / 2)) + 1);
            string[] receivers = [.. Enumerable.Range(i, 2).Select(n => Population.Demo((n % (Senders / 2)) + 1 + (Senders / 2)))];
            return new Conversation($"{prefix}-{i.ToString("D4", CultureInfo.InvariantCulture)}", owner, [owner, .. receivers]);
        })], cancellationToken);
    }

    public static async Task<ConversationSet> CreateAsync(
        ScenarioContext context, string prefix, IReadOnlyList<Conversation> conversations, CancellationToken cancellationToken)
    {
        var made = 0;
        foreach (var conversation in conversations)
        {
            var token = await context.Population.TokenOfAsync(conversation.Owner, cancellationToken);
            await context.Api.CreateGroupAsync(token, conversation.Id, conversation.Members, cancellationToken);
            context.Progress.Report("making conversations", (double)++made / conversations.Count);
        }

        return new ConversationSet(context, prefix, conversations);
    }

    /// <summary>One message a request; each conversation gets messages of the given senders, else of its owner.</summary>
    public async Task<RequestMix> MessagesAsync(bool clientIds, CancellationToken cancellationToken, Func<Conversation, IEnumerable<string>>? sendersOf = null)
    {
        var requests = new List<RequestTemplate>();
        foreach (var conversation in conversations)
        {
            foreach (var sender in sendersOf?.Invoke(conversation) ?? [conversation.Owner])
            {
                var id = clientIds ? $"{prefix}-{RequestTemplate.NumberPlace}" : null;
                requests.Add(await MessageAsync(sender, MessageJson.For(conversation.Id, sender, context.Options.Channel, id), cancellationToken));
            }
        }

        return new RequestMix(requests);
    }

    /// <summary>One message a request, with one delivery: from the owner to one of the others, on a channel.</summary>
    public async Task<RequestMix> DeliveriesAsync(string channel, CancellationToken cancellationToken)
    {
        var requests = new List<RequestTemplate>();
        foreach (var one in conversations)
        {
            var json = MessageJson.For(one.Id, one.Owner, channel, $"{prefix}-{RequestTemplate.NumberPlace}", one.Members[1]);
            requests.Add(await MessageAsync(one.Owner, json, cancellationToken));
        }

        return new RequestMix(requests);
    }

    /// <summary>A batch request for each owner, its messages dealt out over the owner's conversations.</summary>
    public Task<RequestMix> BatchesAsync(int size, CancellationToken cancellationToken) =>
        BatchesAsync(size, static (conversation, channel) => MessageJson.For(conversation.Id, conversation.Owner, channel), context.Options.Channel, cancellationToken);

    /// <summary>The same, each message with one delivery on a channel.</summary>
    public Task<RequestMix> DeliveryBatchesAsync(int size, string channel, CancellationToken cancellationToken) =>
        BatchesAsync(size, static (conversation, channel) => MessageJson.For(conversation.Id, conversation.Owner, channel, to: conversation.Members[1]), channel, cancellationToken);

    /// <summary>Counts what is stored before the load, to compare afterwards.</summary>
    public async Task<Ledger> OpenLedgerAsync(CancellationToken cancellationToken)
    {
        var ledger = new Ledger(context.Api, context.Population, conversations);
        await ledger.OpenAsync(cancellationToken);
        return ledger;
    }

    private async Task<RequestTemplate> MessageAsync(string sender, string json, CancellationToken cancellationToken) =>
        RequestTemplate.Post(context.Options.Server, "/v1/messages", await context.Population.TokenOfAsync(sender, cancellationToken), json);

    private async Task<RequestMix> BatchesAsync(int size, Func<Conversation, string, string> message, string channel, CancellationToken cancellationToken)
    {
        var requests = new List<RequestTemplate>();
        foreach (var owned in conversations.GroupBy(conversation => conversation.Owner))
        {
            var all = owned.ToList();
            var messages = Enumerable.Range(0, size).Select(i => message(all[i % all.Count], channel));
            var token = await context.Population.TokenOfAsync(owned.Key, cancellationToken);
            requests.Add(RequestTemplate.Post(context.Options.Server, "/v1/messages/batch", token, MessageJson.Batch(messages)));
        }

        return new RequestMix(requests);
    }

    /// <summary>A token of each owner.</summary>
    public async Task<IReadOnlyList<string>> OwnersAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(conversations.Select(static one => one.Owner).Distinct().Select(owner => context.Population.TokenOfAsync(owner, cancellationToken)));
}
