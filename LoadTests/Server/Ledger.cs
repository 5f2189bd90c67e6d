namespace Chat4All.LoadTests.Server;

/// <summary>
/// Compares what the server said it accepted with what it has: the growth of <c>last_seq</c> over the scenario's conversations must be
/// the number of accepted messages, give or take those whose answer never came.
/// </summary>
internal sealed class Ledger(ChatApi api, Population population, IReadOnlyList<Conversation> conversations)
{
    private long _before;

    public async Task OpenAsync(CancellationToken cancellationToken) => _before = await SumAsync(cancellationToken);

    /// <summary>One line that says whether the counts agree.</summary>
    public async Task<LedgerResult> CloseAsync(long accepted, long unknown, CancellationToken cancellationToken)
    {
        var stored = await SumAsync(cancellationToken) - _before;
        return new LedgerResult(accepted, unknown, stored);
    }

    private async Task<long> SumAsync(CancellationToken cancellationToken)
    {
        long sum = 0;
        foreach (var owned in conversations.GroupBy(conversation => conversation.Owner))
        {
            var listed = await api.ListLastSeqAsync(await population.TokenOfAsync(owned.Key, cancellationToken), cancellationToken);
            sum += owned.Sum(conversation => listed.TryGetValue(conversation.Id, out var seq)
                ? seq
                : throw new ServerRefusedException($"{conversation.Id} is not among the conversations of {owned.Key}."));
        }

        return sum;
    }
}
