using System.Text.Json;
using Chat4All.Tests.Deliveries;

namespace Chat4All.Tests.Resilience;

/// <summary>What the simulated platforms were given: one line a message, over all restarts of the hub.</summary>
internal sealed class PlatformLedger(IReadOnlyList<PlatformLedger.Line> lines)
{
    /// <summary>In the order in which they were written.</summary>
    public IReadOnlyList<Line> Lines => lines;

    public static async Task<PlatformLedger> ReadAsync(string file) => new([.. (await File.ReadAllLinesAsync(file)).Select(Read).OfType<Line>()]);

    /// <summary>Everything that was accepted was given to each of its recipients on each channel under one delivery id, nothing else was, and each conversation's came in order.</summary>
    public void AssertWhole(Crowd crowd, SendingLoad load, string[] channels)
    {
        var once = lines.GroupBy(static line => line.DeliveryId).ToDictionary(static line => line.Key, static line => line.First());
        var members = crowd.Senders.Append(crowd.Watcher).Select(static client => client.UserId).ToList();
        string[] due =
        [
            .. load.AcknowledgedMessages.SelectMany(one => members.Where(member => member != one.Value.Sender).SelectMany(member => channels.Select(channel => $"{one.Key}:{member}:{channel}"))),
        ];
        Assert.Equal(load.Total * (members.Count - 1) * channels.Length, due.Length);
        Assert.Empty(due.Except(once.Keys));
        Assert.Equal(due.Length, once.Count);

        // What is sent again after a kill is recognised by its id; the first time that each is seen is in order.
        foreach (var key in once.Values.GroupBy(static line => (line.ConversationId, line.Channel, line.Address)))
        {
            var seqs = key.Select(static line => line.Seq).ToArray();
            Assert.Equal(seqs.Order(), seqs);
        }
    }

    /// <summary>A line of the ledger; null for half a line that a kill left behind.</summary>
    private static Line? Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var line = json.RootElement;
            return new Line(line.Text("delivery_id"), line.Text("conversation_id"), line.GetProperty("seq").GetInt64(), line.Text("channel"), line.Text("address"));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal sealed record Line(string DeliveryId, string ConversationId, long Seq, string Channel, string Address);
}
