using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Grains.Webhooks;

namespace Chat4All.Silo.Workers.Webhooks;

/// <summary>Queues calls again that were dead letters and that an operator replayed. Those of webhooks that are gone are dropped.</summary>
internal sealed class WebhookReplayHandler(IWebhookStore store, WebhookSender sender, TimeProvider time) : IBatchHandler
{
    public string Topic => Topics.WebhookCalls;

    public string Group => "webhooks";

    public int MaxBatch => 100;

    public async Task HandleAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellationToken)
    {
        await store.AddCallsAsync([.. records.Select(record => WebhookCallEvent.Read(record.Event, time.GetUtcNow()))], cancellationToken);
        sender.Wake();
    }
}
