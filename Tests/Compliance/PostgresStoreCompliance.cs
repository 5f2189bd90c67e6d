using Chat4All.Tests.Infrastructure.Stores;
using Xunit;

namespace Chat4All.Tests.Compliance;

[Trait("Category", "Integration")]
public sealed class PostgresConversationStoreTests(PostgresStoreFixture fixture) : ConversationStoreCompliance(fixture), IClassFixture<PostgresStoreFixture>;
