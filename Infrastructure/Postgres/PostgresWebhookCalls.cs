using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>The queue of webhook calls. Of one webhook at most one call has failed and holds the others back; the index on (webhook_id, attempts, id) finds each kind at once.</summary>
internal static class PostgresWebhookCalls
{
    /// <summary>Steps from webhook to webhook along the index, however many calls each has.</summary>
    private const string Due =
        """
        with recursive waiting (id) as (
          select min(webhook_id) from webhook_calls
          union all
          select (select min(c.webhook_id) from webhook_calls c where c.webhook_id > w.id) from waiting w where w.id is not null
        ), heads as (
          select w.id, (
            select c.next_attempt_at from webhook_calls c where c.webhook_id = w.id and c.attempts > 0 and c.attempts < $2 order by c.attempts, c.id limit 1) as held_until
          from waiting w
          where w.id is not null
        )
        select h.id, h.held_until is not null
        from heads h
        where case
          when h.held_until is not null then h.held_until <= $1
          else exists (select 1 from webhook_calls c where c.webhook_id = h.id and c.attempts = 0)
            or exists (select 1 from webhook_calls c where c.webhook_id = h.id and c.attempts >= $2 and c.next_attempt_at <= $1)
          end
        limit $3
        """;

    /// <summary>The webhook's row is locked while its next call is taken, so that no two processes take one each.</summary>
    private const string Target =
        """
        select w.url, w.secret
        from webhooks w
        join users u on u.id = any(array[w.user_id])
        where w.id = $1 and u.is_active and u.deleted_at is null
        for update of w
        """;

    private const string Claim =
        """
        with held as (
          select id, next_attempt_at from webhook_calls where webhook_id = $1 and attempts > 0 and attempts < $3 order by attempts, id limit 1
        ), next as (
          select id, 1 as rank from held where next_attempt_at <= $2
          union all
          select id, 2 from (
            select id from webhook_calls where webhook_id = $1 and attempts >= $3 and next_attempt_at <= $2 order by attempts, id limit 1) aside
          where not exists (select 1 from held)
          union all
          select id, 3 from (select id from webhook_calls where webhook_id = $1 and attempts = 0 order by id limit 1) fresh
          where not exists (select 1 from held)
          order by rank
          limit 1
        )
        update webhook_calls c set attempts = c.attempts + 1, next_attempt_at = $4
        from next
        where c.id = any(array[next.id])
        returning c.id, c.event_id, c.event_type, c.body, c.created_at, c.attempts
        """;

    public static Task<int> AddAsync(NpgsqlConnection connection, IReadOnlyList<WebhookCall> calls, CancellationToken cancellationToken)
    {
        const string insert =
            """
            insert into webhook_calls (id, webhook_id, event_id, event_type, body, next_attempt_at, created_at)
            select i.id, i.webhook_id, i.event_id, i.event_type, i.body, i.created_at, i.created_at
            from unnest($1, $2, $3, $4, $5, $6) i (id, webhook_id, event_id, event_type, body, created_at)
            join webhooks w on w.id = any(array[i.webhook_id])
            order by i.id
            for key share of w
            on conflict (webhook_id, event_id) do nothing
            """;
        return connection.Command(insert)
            .Texts(calls.Select(static call => call.CallId)).Texts(calls.Select(static call => call.WebhookId)).Texts(calls.Select(static call => call.EventId))
            .Texts(calls.Select(static call => call.EventType)).Texts(calls.Select(static call => call.Body)).Times(calls.Select(static call => call.CreatedAt))
            .RunAsync(cancellationToken);
    }

    public static async Task<IReadOnlyList<DueWebhook>> ListDueAsync(NpgsqlConnection connection, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        await connection.Command(Due).Time(now).Long(IWebhookStore.HoldingAttempts).Long(limit)
            .ListAsync(static row => new DueWebhook(row.GetString(0), row.GetBoolean(1)), cancellationToken);

    public static async Task<ClaimedCall?> ClaimAsync(
        NpgsqlConnection connection, string webhookId, DateTimeOffset now, DateTimeOffset leasedUntil, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var target = await connection.Command(Target).Text(webhookId)
            .FirstAsync(static row => new WebhookTarget(row.GetString(0), row.GetString(1)), cancellationToken);
        ClaimedCall? claimed = null;
        if (target is null)
        {
            await connection.Command("delete from webhook_calls where webhook_id = $1").Text(webhookId).RunAsync(cancellationToken);
        }
        else
        {
            claimed = await connection.Command(Claim).Text(webhookId).Time(now).Long(IWebhookStore.HoldingAttempts).Time(leasedUntil).FirstAsync(
                row => new ClaimedCall(
                    new WebhookCall(row.GetString(0), webhookId, row.GetString(1), row.GetString(2), row.GetString(3), row.Time(4)),
                    target.Url,
                    target.Secret,
                    row.GetInt32(5)),
                cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }

    private sealed record WebhookTarget(string Url, string Secret);
}
