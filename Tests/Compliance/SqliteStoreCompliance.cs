using Chat4All.Tests.Infrastructure.Stores;
using Xunit;

namespace Chat4All.Tests.Compliance;

public sealed class SqliteConversationStoreTests(SqliteStoreFixture fixture) : ConversationStoreCompliance(fixture), IClassFixture<SqliteStoreFixture>;
