using System.Text.Json;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Webhooks in SQLite; their calls are in <see cref="SqliteWebhookCalls"/>.</summary>
internal sealed class SqliteWebhookStore(SqliteDatabase database) : IWebhookStore
{
    private const string Select = "select id, user_id, url, events, secret, created_at from webhooks";

    public Task<bool> CreateAsync(Webhook webhook, int most, CancellationToken cancellationToken)
    {
        const string insert =
            """
            insert into webhooks (id, user_id, url, events, secret, created_at)
            select ?1, ?2, ?3, ?4, ?5, ?6
            where (select count(*) from webhooks where user_id = ?2) < ?7
            """;
        return database.WriteAsync(
            session => session.Prepare(insert)
                .Bind(webhook.WebhookId).Bind(webhook.UserId).Bind(webhook.Url).Bind(webhook.Events).Bind(webhook.Secret).Bind(webhook.CreatedAt).Bind(most)
                .Execute() > 0,
            cancellationToken);
    }

    public Task<Webhook?> FindAsync(string userId, string webhookId, CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare(Select + " where id = ?1 and user_id = ?2").Bind(webhookId).Bind(userId);
            return row.Read() ? Read(row) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<Webhook>> ListAsync(string userId, string? afterWebhookId, int offset, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Webhook>>(
            session =>
            {
                using var rows = session.Prepare(Select + " where user_id = ?1 and id > ?2 order by id limit ?3 offset ?4")
                    .Bind(userId).Bind(afterWebhookId ?? string.Empty).Bind(limit).Bind(offset);
                var webhooks = new List<Webhook>();
                while (rows.Read())
                {
                    webhooks.Add(Read(rows));
                }

                return webhooks;
            },
            cancellationToken);

    public Task<bool> DeleteAsync(string userId, string webhookId, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.Prepare("delete from webhooks where id = ?1 and user_id = ?2").Bind(webhookId).Bind(userId).Execute() > 0,
        cancellationToken);

    public Task<bool> AnyAsync(CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare("select 1 from webhooks limit 1");
            return row.Read();
        },
        cancellationToken);

    public Task<IReadOnlyList<WebhookSubscription>> ListSubscriptionsAsync(IReadOnlyCollection<string> conversationIds, CancellationToken cancellationToken)
    {
        const string select =
            """
            select m.conversation_id, w.id, w.events, w.created_at
            from json_each(?1) i
            join conversation_members m on m.conversation_id = i.value
            join webhooks w on w.user_id = m.user_id
            join users u on u.id = w.user_id
            where u.is_active and u.deleted_at is null
            order by m.conversation_id, w.id
            """;
        return database.ReadAsync<IReadOnlyList<WebhookSubscription>>(
            session =>
            {
                using var rows = session.Prepare(select).Bind(JsonSerializer.Serialize(conversationIds));
                var subscriptions = new List<WebhookSubscription>();
                while (rows.Read())
                {
                    subscriptions.Add(new WebhookSubscription(rows.Text(0), rows.Text(1), rows.Text(2), rows.Time(3)));
                }

                return subscriptions;
            },
            cancellationToken);
    }

    public Task AddCallsAsync(IReadOnlyList<WebhookCall> calls, CancellationToken cancellationToken) =>
        database.WriteAsync(session => SqliteWebhookCalls.Add(session, calls), cancellationToken);

    public Task<IReadOnlyList<DueWebhook>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(session => SqliteWebhookCalls.ListDue(session, now, limit), cancellationToken);

    public Task<ClaimedCall?> ClaimAsync(string webhookId, DateTimeOffset now, DateTimeOffset leasedUntil, CancellationToken cancellationToken) =>
        database.WriteAsync(session => SqliteWebhookCalls.Claim(session, webhookId, now, leasedUntil), cancellationToken);

    public Task FinishAsync(string callId, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.Prepare("delete from webhook_calls where id = ?1").Bind(callId).Execute(), cancellationToken);

    public Task PostponeAsync(string callId, DateTimeOffset nextAttemptAt, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.Prepare("update webhook_calls set next_attempt_at = ?2 where id = ?1").Bind(callId).Bind(nextAttemptAt).Execute(), cancellationToken);

    public Task<long> CountCallsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare("select count(*) from webhook_calls");
            return row.Read() ? row.Long(0) : 0;
        },
        cancellationToken);

    private static Webhook Read(SqliteStatement row) => new()
    {
        WebhookId = row.Text(0),
        UserId = row.Text(1),
        Url = row.Text(2),
        Events = row.Text(3),
        Secret = row.Text(4),
        CreatedAt = row.Time(5),
    };
}
