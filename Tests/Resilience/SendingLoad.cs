using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

/// <summary>
/// Every sender sends its messages one after the other, each into a conversation picked by a seeded generator, and repeats a message
/// under the same id until it is acknowledged. What was acknowledged is the truth that the store is compared with.
/// </summary>
internal sealed class SendingLoad(Crowd crowd, int messagesPerSender, int seed, params string[] channels)
{
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly ConcurrentDictionary<string, Acknowledged> _acknowledged = new();
    private readonly ConcurrentQueue<Refusal> _refusals = new();

    /// <summary>Message id to what the server said of it.</summary>
    public IReadOnlyDictionary<string, Acknowledged> AcknowledgedMessages => _acknowledged;

    /// <summary>Those so far, while more come.</summary>
    public KeyValuePair<string, Acknowledged>[] AcknowledgedSoFar() => _acknowledged.ToArray();

    /// <summary>Every answer but 202, and every connection that broke.</summary>
    public IReadOnlyCollection<Refusal> Refusals => _refusals;

    /// <summary>All messages that will have been sent in the end.</summary>
    public int Total => crowd.Senders.Count * messagesPerSender;

    /// <summary>Runs until every message is acknowledged.</summary>
    /// <exception cref="OperationCanceledException">That took longer than four minutes.</exception>
    public async Task RunAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await Task.WhenAll(crowd.Senders.Select((sender, index) => SendAllAsync(sender, new Random(seed + index), limit.Token)));
    }

    /// <summary>Waits until that many messages are acknowledged.</summary>
    public Task UntilAsync(int count, Task running) =>
        Eventually.HoldsAsync($"{count} acknowledged messages", () => _acknowledged.Count >= count || running.IsCompleted, Limit);

    private async Task SendAllAsync(HubClient sender, Random random, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= messagesPerSender; number++)
        {
            var conversation = crowd.Conversations[random.Next(crowd.Conversations.Count)];
            while (!await TrySendAsync(sender, conversation, number, cancellationToken))
            {
                await Task.Delay(PauseAfterRefusal, cancellationToken);
            }
        }
    }

    private async Task<bool> TrySendAsync(HubClient sender, string conversation, int number, CancellationToken cancellationToken)
    {
        var id = $"{sender.UserId}:{number}";
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var response = await sender.TrySendAsync(conversation, $"{number}", id, channels, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Accepted)
            {
                _refusals.Enqueue(new Refusal(response.StatusCode, response.Headers.RetryAfter is not null, Stopwatch.GetElapsedTime(started), await response.Content.ReadAsStringAsync(cancellationToken)));
                return false;
            }

            var receipt = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            _acknowledged[id] = new Acknowledged(sender.UserId, number, conversation, receipt.GetProperty("seq").GetInt64());
            return true;
        }
        catch (HttpRequestException e)
        {
            _refusals.Enqueue(new Refusal(null, false, Stopwatch.GetElapsedTime(started), e.Message));
            return false;
        }
    }

    /// <summary>A message that the server answered 202 for.</summary>
    internal sealed record Acknowledged(string Sender, int Number, string Conversation, long Seq);

    /// <summary>An answer that was none.</summary>
    /// <param name="Status">Null: the connection broke.</param>
    /// <param name="HasRetryAfter">Whether the answer said when to come back.</param>
    /// <param name="After">From request to answer.</param>
    /// <param name="Text">The answer's body.</param>
    internal sealed record Refusal(HttpStatusCode? Status, bool HasRetryAfter, TimeSpan After, string Text);
}
