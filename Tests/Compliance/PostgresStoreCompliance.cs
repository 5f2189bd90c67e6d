using Chat4All.Tests.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Xunit.Abstractions;

namespace Chat4All.Tests.Compliance;

[Trait("Category", "Integration")]
public sealed class PostgresConversationStoreTests(PostgresStoreFixture fixture) : ConversationStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresConversationCreationTests(PostgresStoreFixture fixture) : ConversationCreationCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresConversationReaderTests(PostgresStoreFixture fixture) : ConversationReaderCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresUserStoreTests(PostgresStoreFixture fixture) : UserStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresTokenStoreTests(PostgresStoreFixture fixture) : TokenStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresOutboxStoreTests(PostgresStoreFixture fixture) : OutboxStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresWebhookStoreTests(PostgresStoreFixture fixture) : WebhookStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresFileStoreTests(PostgresStoreFixture fixture) : FileStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresStorePropertyTests(PostgresStoreFixture fixture, ITestOutputHelper output)
    : StorePropertyCompliance(fixture, output), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresStoreAdministrationTests(PostgresStoreFixture fixture) : StoreAdministrationCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresStoreGrowthTests(PostgresStoreFixture fixture, ITestOutputHelper output)
    : StoreGrowthCompliance(fixture, output), IClassFixture<PostgresStoreFixture>
{
    private readonly PostgresStoreFixture _fixture = fixture;

    protected override async Task<long> CountScansAsync()
    {
        // A backend reports about once a second, so what a long run does is in here but for its end.
        var rows = await _fixture.QueryAsync(
            "select sum(seq_scan)::bigint from pg_stat_user_tables where relname in ('conversations', 'conversation_members', 'messages', 'outbox_events')");
        return (long)rows[0][0]!;
    }
}

[Trait("Category", "Integration")]
public sealed class PostgresDeliveryStoreTests(PostgresStoreFixture fixture) : DeliveryStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresDeliveryPropertyTests(PostgresStoreFixture fixture, ITestOutputHelper output)
    : DeliveryPropertyCompliance(fixture, output), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresDeliveryGrowthTests(PostgresStoreFixture fixture, ITestOutputHelper output)
    : DeliveryGrowthCompliance(fixture, output), IClassFixture<PostgresStoreFixture>
{
    private readonly PostgresStoreFixture _fixture = fixture;

    protected override async Task<long> CountScansAsync()
    {
        var rows = await _fixture.QueryAsync(
            "select sum(seq_scan)::bigint from pg_stat_user_tables where relname in ('messages', 'message_deliveries', 'outbox_events', 'conversation_members')");
        return (long)rows[0][0]!;
    }
}

[Trait("Category", "Integration")]
public sealed class PostgresChannelAddressStoreTests(PostgresStoreFixture fixture) : ChannelAddressStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresReminderTableTests(PostgresStoreFixture fixture)
    : ReminderTableCompliance(fixture, static services => services.AddPostgresReminders()), IClassFixture<PostgresStoreFixture>;

[Trait("Category", "Integration")]
public sealed class PostgresDeadLetterStoreTests(PostgresStoreFixture fixture) : DeadLetterStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;
