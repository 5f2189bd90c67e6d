using Chat4All.Tests.Infrastructure.Stores;
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
public sealed class PostgresStorePropertyTests(PostgresStoreFixture fixture, ITestOutputHelper output)
    : StorePropertyCompliance(fixture, output), IClassFixture<PostgresStoreFixture>;
