using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Files;
using Chat4All.Infrastructure.Sqlite;
using Chat4All.Tests.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Grains;

/// <summary>A real SQLite store in a temporary folder, with a few users.</summary>
internal sealed class EmbeddedStore : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;

    private EmbeddedStore() =>
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSqliteStore(new SqliteStoreOptions { Path = Path.Combine(_folder.Path, "test.db") })
            .AddFileObjectStore(new FileObjectStoreOptions { Folder = Path.Combine(_folder.Path, "files") })
            .BuildServiceProvider();

    public IConversationStore Conversations => _services.GetRequiredService<IConversationStore>();

    public IConversationReader Reader => _services.GetRequiredService<IConversationReader>();

    public IUserStore Users => _services.GetRequiredService<IUserStore>();

    public ITokenStore Tokens => _services.GetRequiredService<ITokenStore>();

    public IDeliveryStore Deliveries => _services.GetRequiredService<IDeliveryStore>();

    public IChannelAddressStore Addresses => _services.GetRequiredService<IChannelAddressStore>();

    public IDeadLetterStore DeadLetters => _services.GetRequiredService<IDeadLetterStore>();

    public IOutboxStore Outbox => _services.GetRequiredService<IOutboxStore>();

    public IFileStore Files => _services.GetRequiredService<IFileStore>();

    public IObjectStore Objects => _services.GetRequiredService<IObjectStore>();

    /// <summary>Starts a store with users <c>u1</c> … <c>u5</c>.</summary>
    public static async Task<EmbeddedStore> StartAsync()
    {
        var store = new EmbeddedStore();
        await store._services.GetRequiredService<IStoreAdministration>().MigrateAsync(CancellationToken.None);
        for (var i = 1; i <= 5; i++)
        {
            var user = new UserProfile { UserId = $"u{i}", Username = $"user-{i}", Scopes = "read write", IsActive = true, CreatedAt = DateTimeOffset.UtcNow };
            await store.Users.CreateAsync(user, null, CancellationToken.None);
        }

        return store;
    }

    /// <summary>A group of <c>u1</c>, <c>u2</c> and <c>u3</c>, owned by the first.</summary>
    public async Task<ConversationRecord> AddGroupAsync(string id) =>
        (await Conversations.CreateAsync(new NewConversation(id, ConversationType.Group, ["u1", "u2", "u3"], "{}", DateTimeOffset.UtcNow), CancellationToken.None)).Conversation;

    /// <summary>How often an event was tried, as the outbox counts it, and what went wrong last.</summary>
    public async Task<(long Version, string? Error)> OutboxRowAsync(string aggregateId)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "test.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var select = connection.CreateCommand();
        select.CommandText = "select version, error_message from outbox_events where aggregate_id = $id";
        select.Parameters.AddWithValue("$id", aggregateId);
        await using var row = await select.ExecuteReaderAsync();
        return await row.ReadAsync() ? (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1)) : throw new InvalidOperationException($"There is no event of {aggregateId}.");
    }

    /// <summary>The audit log: who did what, and what came of it.</summary>
    public async Task<IReadOnlyList<(string Actor, string Action, string Detail)>> AuditAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "test.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var select = connection.CreateCommand();
        select.CommandText = "select actor, action, detail from audit_log";
        await using var row = await select.ExecuteReaderAsync();
        var entries = new List<(string, string, string)>();
        while (await row.ReadAsync())
        {
            entries.Add((row.GetString(0), row.GetString(1), row.GetString(2)));
        }

        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
