using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>What the groups have not committed, theirs too that nobody works for at the moment. Asked every few seconds, so that a long backlog is estimated.</summary>
internal sealed class GroupLags(ILogTables tables, IGroupProgress progress)
{
    /// <summary>Records that are counted one by one.</summary>
    private const long Countable = 10_000;

    public async Task<IReadOnlyList<ConsumerLag>> ReadAsync(CancellationToken cancellationToken)
    {
        // The places first: what is committed meanwhile is then too little rather than too much.
        var places = await progress.ReadPlacesAsync(cancellationToken);
        var heads = await tables.ReadHeadsAsync(cancellationToken);
        var lags = new List<ConsumerLag>(places.Count);
        foreach (var place in places)
        {
            lags.Add(new ConsumerLag(place.Topic, place.Group, await OfAsync(place, heads.GetValueOrDefault(place.Topic), cancellationToken)));
        }

        return lags;
    }

    private async ValueTask<long> OfAsync(GroupPlace place, long head, CancellationToken cancellationToken) =>
        head <= place.Least ? 0
        : head - place.Least <= Countable ? await progress.CountUncommittedAsync(place.Topic, place.Group, place.Least, cancellationToken)

        // Keys are spread evenly, so that each partition holds its share of what lies behind its place.
        : (long)Math.Max(0, head - place.Average);
}
