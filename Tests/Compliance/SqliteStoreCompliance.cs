using Chat4All.Tests.Infrastructure.Stores;
using Xunit;

namespace Chat4All.Tests.Compliance;

public sealed class SqliteConversationStoreTests(SqliteStoreFixture fixture) : ConversationStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteConversationCreationTests(SqliteStoreFixture fixture) : ConversationCreationCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteConversationReaderTests(SqliteStoreFixture fixture) : ConversationReaderCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteUserStoreTests(SqliteStoreFixture fixture) : UserStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteTokenStoreTests(SqliteStoreFixture fixture) : TokenStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;

public sealed class SqliteOutboxStoreTests(SqliteStoreFixture fixture) : OutboxStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;
