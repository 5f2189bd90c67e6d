using System.Text.RegularExpressions;
using Chat4All.Tests.Hosting;
using Npgsql;

namespace Chat4All.Tests.Quickstart;

/// <summary>Step 10 of the quickstart, pasted: in psql against <c>--postgres</c>, and the same SELECTs in sqlite3 against the default store.</summary>
[Trait("Category", "Integration")]
public sealed class OutboxStepsTests
{
    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task Step_10_shows_the_message_in_the_outbox_and_then_published(HubStore store)
    {
        Shell.Require("curl", store == HubStore.Sqlite ? "sqlite3" : "psql");
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = store });
        using var shell = new QuickstartShell(hub);
        await shell.ObtainTokensAsync();

        await shell.CurlAsync(PrintedSteps.Block("10.2", "bash", 0, ("<conv_id>", "conv-test"), ("<user_id>", "user1")));

        Assert.Contains("message.created", await QueryAsync(hub, shell, PrintedSteps.Block("10.1", "sql")), StringComparison.Ordinal);
        var row = "";
        await Eventually.HoldsAsync("the event is published", async () =>
        {
            row = await QueryAsync(hub, shell, PrintedSteps.Block("10.3", "sql"));
            return Value(row, "published") is "t" or "1";
        });
        Assert.Equal("msg-outbox-test", Value(row, "aggregate_id"));
        Assert.Equal("1", Value(row, "version"));
        Assert.NotEqual("", Value(row, "published_at"));

        // The simulator's receipts may have come by now: each status is an event of its own, and the acceptance stands once.
        Assert.Single(Regex.Matches(row, @"event_type[ |=]+message\.created\b"));
    }

    /// <summary>Both programs print a row as <c>column = value</c> lines on request; the statement is as printed.</summary>
    private static Task<string> QueryAsync(HubServer hub, QuickstartShell shell, string sql)
    {
        shell.Variables["SQL"] = sql;
        if (hub.PostgresConnection is not { } connection)
        {
            shell.Variables["DATA"] = hub.DataFolder;
            return shell.RunAsync("""sqlite3 -readonly -line "$DATA"/*.db <<< "$SQL" """);
        }

        var server = new NpgsqlConnectionStringBuilder(connection);
        shell.Variables["PGHOST"] = server.Host!;
        shell.Variables["PGPORT"] = $"{server.Port}";
        shell.Variables["PGUSER"] = server.Username!;
        shell.Variables["PGPASSWORD"] = server.Password!;
        shell.Variables["PGDATABASE"] = server.Database!;
        return shell.RunAsync("""psql -X -x -A -t -F ' = ' <<< "$SQL" """);
    }

    private static string Value(string row, string column) =>
        Regex.Match(row, $@"^\s*{column} = (.*)$", RegexOptions.Multiline) is { Success: true } match ? match.Groups[1].Value.Trim() : "";
}
