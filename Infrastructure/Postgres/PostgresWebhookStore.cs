using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Webhooks in PostgreSQL; their calls are in <see cref="PostgresWebhookCalls"/>.</summary>
internal sealed class PostgresWebhookStore(PostgresDatabase database) : IWebhookStore
{
    private const string Columns = "id, user_id, url, events, secret, created_at";

    public Task<bool> CreateAsync(Webhook webhook, int most, CancellationToken cancellationToken)
    {
        // The owner's row is locked, so that two requests at once do not both find the last place free.
        const string owner = "select 1 from users where id = $1 for update";
        const string insert =
            $"""
            insert into webhooks ({Columns})
            select $1, $2, $3, $4, $5, $6
            where (select count(*) from webhooks where user_id = $2) < $7
            """;
        return database.WriteAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await connection.Command(owner).Text(webhook.UserId).RunAsync(cancellationToken);
                var inserted = await connection.Command(insert)
                    .Text(webhook.WebhookId).Text(webhook.UserId).Text(webhook.Url).Text(webhook.Events).Text(webhook.Secret).Time(webhook.CreatedAt).Long(most)
                    .RunAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return inserted > 0;
            },
            cancellationToken);
    }

    public Task<Webhook?> FindAsync(string userId, string webhookId, CancellationToken cancellationToken)
    {
        const string select = $"select {Columns} from webhooks where id = $1 and user_id = $2";
        return database.ReadAsync(connection => connection.Command(select).Text(webhookId).Text(userId).FirstAsync(Read, cancellationToken), cancellationToken);
    }

    public Task<IReadOnlyList<Webhook>> ListAsync(string userId, string? afterWebhookId, int offset, int limit, CancellationToken cancellationToken)
    {
        const string select = $"select {Columns} from webhooks where user_id = $1 and id > $2 order by id limit $3 offset $4";
        return database.ReadAsync<IReadOnlyList<Webhook>>(
            async connection => await connection.Command(select).Text(userId).Text(afterWebhookId ?? string.Empty).Long(limit).Long(offset).ListAsync(Read, cancellationToken),
            cancellationToken);
    }

    public Task<bool> DeleteAsync(string userId, string webhookId, CancellationToken cancellationToken) => database.WriteAsync(
        async connection => await connection.Command("delete from webhooks where id = $1 and user_id = $2").Text(webhookId).Text(userId).RunAsync(cancellationToken) > 0,
        cancellationToken);

    public Task<bool> AnyAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Command("select exists (select 1 from webhooks)").FirstAsync(static row => row.GetBoolean(0), cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WebhookSubscription>> ListSubscriptionsAsync(IReadOnlyCollection<string> conversationIds, CancellationToken cancellationToken)
    {
        const string select =
            """
            select m.conversation_id, w.id, w.events, w.created_at
            from unnest($1) i (id)
            join conversation_members m on m.conversation_id = any(array[i.id])
            join webhooks w on w.user_id = any(array[m.user_id])
            join users u on u.id = any(array[w.user_id])
            where u.is_active and u.deleted_at is null
            order by m.conversation_id, w.id
            """;
        return database.ReadAsync<IReadOnlyList<WebhookSubscription>>(
            async connection => await connection.Command(select).Texts(conversationIds).ListAsync(
                static row => new WebhookSubscription(row.GetString(0), row.GetString(1), row.GetString(2), row.Time(3)), cancellationToken),
            cancellationToken);
    }

    public Task AddCallsAsync(IReadOnlyList<WebhookCall> calls, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => PostgresWebhookCalls.AddAsync(connection, calls, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<DueWebhook>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => PostgresWebhookCalls.ListDueAsync(connection, now, limit, cancellationToken), cancellationToken);

    public Task<ClaimedCall?> ClaimAsync(string webhookId, DateTimeOffset now, DateTimeOffset leasedUntil, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => PostgresWebhookCalls.ClaimAsync(connection, webhookId, now, leasedUntil, cancellationToken), cancellationToken);

    public Task FinishAsync(string callId, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Command("delete from webhook_calls where id = $1").Text(callId).RunAsync(cancellationToken), cancellationToken);

    public Task PostponeAsync(string callId, DateTimeOffset nextAttemptAt, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Command("update webhook_calls set next_attempt_at = $2 where id = $1").Text(callId).Time(nextAttemptAt).RunAsync(cancellationToken),
        cancellationToken);

    public Task<long> CountCallsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Command("select count(*) from webhook_calls").FirstAsync(static row => row.GetInt64(0), cancellationToken), cancellationToken);

    private static Webhook Read(NpgsqlDataReader row) => new()
    {
        WebhookId = row.GetString(0),
        UserId = row.GetString(1),
        Url = row.GetString(2),
        Events = row.GetString(3),
        Secret = row.GetString(4),
        CreatedAt = row.Time(5),
    };
}
