using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>The queue of webhook calls. Of one webhook at most one call has failed and holds the others back; the index on (webhook_id, attempts, id) finds each kind at once.</summary>
internal static class SqliteWebhookCalls
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
            select c.next_attempt_at from webhook_calls c where c.webhook_id = w.id and c.attempts > 0 and c.attempts < ?2 order by c.attempts, c.id limit 1) as held_until
          from waiting w
          where w.id is not null
        )
        select h.id, h.held_until is not null
        from heads h
        where case
          when h.held_until is not null then h.held_until <= ?1
          else exists (select 1 from webhook_calls c where c.webhook_id = h.id and c.attempts = 0)
            or exists (select 1 from webhook_calls c where c.webhook_id = h.id and c.attempts >= ?2 and c.next_attempt_at <= ?1)
          end
        limit ?3
        """;

    private const string Next =
        """
        with held (id, due_at) as (
          select id, next_attempt_at from webhook_calls where webhook_id = ?1 and attempts > 0 and attempts < ?3 order by attempts, id limit 1
        )
        select id, 1 as rank from held where due_at <= ?2
        union all
        select id, 2 from (
          select id from webhook_calls where webhook_id = ?1 and attempts >= ?3 and next_attempt_at <= ?2 order by attempts, id limit 1)
        where not exists (select 1 from held)
        union all
        select id, 3 from (select id from webhook_calls where webhook_id = ?1 and attempts = 0 order by id limit 1)
        where not exists (select 1 from held)
        order by rank
        limit 1
        """;

    public static bool Add(SqliteSession session, IReadOnlyList<WebhookCall> calls)
    {
        const string insert =
            """
            insert into webhook_calls (id, webhook_id, event_id, event_type, body, next_attempt_at, created_at)
            select ?1, ?2, ?3, ?4, ?5, ?6, ?6
            where exists (select 1 from webhooks where id = ?2)
            on conflict (webhook_id, event_id) do nothing
            """;
        foreach (var call in calls)
        {
            session.Prepare(insert).Bind(call.CallId).Bind(call.WebhookId).Bind(call.EventId).Bind(call.EventType).Bind(call.Body).Bind(call.CreatedAt).Execute();
        }

        return true;
    }

    public static IReadOnlyList<DueWebhook> ListDue(SqliteSession session, DateTimeOffset now, int limit)
    {
        using var rows = session.Prepare(Due).Bind(now).Bind(IWebhookStore.HoldingAttempts).Bind(limit);
        var due = new List<DueWebhook>();
        while (rows.Read())
        {
            due.Add(new DueWebhook(rows.Text(0), rows.Long(1) != 0));
        }

        return due;
    }

    public static ClaimedCall? Claim(SqliteSession session, string webhookId, DateTimeOffset now, DateTimeOffset leasedUntil)
    {
        if (FindTarget(session, webhookId) is not var (url, secret))
        {
            session.Prepare("delete from webhook_calls where webhook_id = ?1").Bind(webhookId).Execute();
            return null;
        }

        if (FindNext(session, webhookId, now) is not { } callId)
        {
            return null;
        }

        const string claim =
            """
            update webhook_calls set attempts = attempts + 1, next_attempt_at = ?2
            where id = ?1
            returning event_id, event_type, body, created_at, attempts
            """;
        using var row = session.Prepare(claim).Bind(callId).Bind(leasedUntil);
        row.Read();
        return new ClaimedCall(new WebhookCall(callId, webhookId, row.Text(0), row.Text(1), row.Text(2), row.Time(3)), url, secret, row.Int(4));
    }

    private static (string Url, string Secret)? FindTarget(SqliteSession session, string webhookId)
    {
        const string select =
            """
            select w.url, w.secret
            from webhooks w
            join users u on u.id = w.user_id
            where w.id = ?1 and u.is_active and u.deleted_at is null
            """;
        using var row = session.Prepare(select).Bind(webhookId);
        return row.Read() ? (row.Text(0), row.Text(1)) : null;
    }

    private static string? FindNext(SqliteSession session, string webhookId, DateTimeOffset now)
    {
        using var row = session.Prepare(Next).Bind(webhookId).Bind(now).Bind(IWebhookStore.HoldingAttempts);
        return row.Read() ? row.Text(0) : null;
    }
}
