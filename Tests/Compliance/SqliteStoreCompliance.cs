using Chat4All.Tests.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Xunit.Abstractions;

namespace Chat4All.Tests.Compliance;

public sealed class SqliteConversationStoreTests(SqliteStoreFixture fixture) : ConversationStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteConversationCreationTests(SqliteStoreFixture fixture) : ConversationCreationCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteConversationReaderTests(SqliteStoreFixture fixture) : ConversationReaderCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteUserStoreTests(SqliteStoreFixture fixture) : UserStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteTokenStoreTests(SqliteStoreFixture fixture) : TokenStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteOutboxStoreTests(SqliteStoreFixture fixture) : OutboxStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteWebhookStoreTests(SqliteStoreFixture fixture) : WebhookStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;
public sealed class SqliteFileStoreTests(SqliteStoreFixture fixture) : FileStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

[Trait("Category", "Integration")]
public sealed class SqliteStorePropertyTests(SqliteStoreFixture fixture, ITestOutputHelper output)
    : StorePropertyCompliance(fixture, output), IClassFixture<SqliteStoreFixture>;

[Trait("Category", "Integration")]
public sealed class SqliteStoreAdministrationTests(SqliteStoreFixture fixture) : StoreAdministrationCompliance(fixture), IClassFixture<SqliteStoreFixture>;

[Trait("Category", "Integration")]
public sealed class SqliteStoreGrowthTests(SqliteStoreFixture fixture, ITestOutputHelper output)
    : StoreGrowthCompliance(fixture, output), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteDeliveryStoreTests(SqliteStoreFixture fixture) : DeliveryStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

[Trait("Category", "Integration")]
public sealed class SqliteDeliveryPropertyTests(SqliteStoreFixture fixture, ITestOutputHelper output)
    : DeliveryPropertyCompliance(fixture, output), IClassFixture<SqliteStoreFixture>;

[Trait("Category", "Integration")]
public sealed class SqliteDeliveryGrowthTests(SqliteStoreFixture fixture, ITestOutputHelper output)
    : DeliveryGrowthCompliance(fixture, output), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteChannelAddressStoreTests(SqliteStoreFixture fixture) : ChannelAddressStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteReminderTableTests(SqliteStoreFixture fixture)
    : ReminderTableCompliance(fixture, static services => services.AddSqliteReminders()), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteDeadLetterStoreTests(SqliteStoreFixture fixture) : DeadLetterStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;
