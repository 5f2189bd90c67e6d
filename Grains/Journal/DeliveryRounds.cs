using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Journal;

/// <summary>Splits updates so that each delivery stands at most once in a part, in its order: every step of a delivery is then a change of its own.</summary>
internal static class DeliveryRounds
{
    public static IReadOnlyList<DeliveryUpdate[]> Of(DeliveryUpdate[] updates)
    {
        if (updates.Length <= 1)
        {
            return updates.Length == 0 ? [] : [updates];
        }

        var rounds = new List<List<DeliveryUpdate>>();
        var seen = new Dictionary<(string, string, string), int>();
        foreach (var update in updates)
        {
            var round = seen.GetValueOrDefault(Key(update));
            seen[Key(update)] = round + 1;
            if (round == rounds.Count)
            {
                rounds.Add([]);
            }

            rounds[round].Add(update);
        }

        return [.. rounds.Select(static round => round.ToArray())];
    }

    /// <summary>What a delivery is told from others by.</summary>
    public static (string MessageId, string Recipient, string Channel) Key(DeliveryUpdate update) => (update.MessageId, update.Recipient, update.Channel);
}
