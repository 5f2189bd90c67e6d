using System.Diagnostics;
using Chat4All.LoadTests.Load;
using Npgsql;

namespace Chat4All.LoadTests.Baseline;

/// <summary>
/// Writes the rows of accepted messages straight into PostgreSQL: one transaction of 200 messages and their 200 outbox rows at a
/// time, one round trip each, as fast as the server commits. In a schema of its own, which is dropped afterwards.
/// </summary>
internal sealed class PostgresBaseline : IAsyncDisposable
{
    public const int Connections = 2;
    public const int MessagesPerTransaction = 200;

    private const int Conversations = 100;
    private const string CreateSql = """
        drop schema if exists loadtests_baseline cascade;
        create schema loadtests_baseline;
        create table loadtests_baseline.messages (
          id text collate "C" primary key,
          conversation_id text collate "C" not null,
          seq bigint not null,
          sender_id text collate "C",
          recipients text,
          kind smallint not null,
          payload text not null,
          channels text not null,
          priority smallint not null,
          status smallint not null,
          status_at timestamptz,
          reply_to text,
          metadata text,
          edited_at timestamptz,
          deleted_at timestamptz,
          created_at timestamptz not null,
          unique (conversation_id, seq)
        );
        create index idx_message_system on loadtests_baseline.messages (conversation_id, seq) where kind = 0;
        create index idx_message_status_change on loadtests_baseline.messages (conversation_id, status_at) where status_at is not null;
        create table loadtests_baseline.outbox_events (
          id uuid primary key,
          aggregate_type varchar(50) not null,
          aggregate_id text collate "C" not null,
          event_type varchar(100) collate "C" not null,
          payload jsonb not null,
          published boolean not null default false,
          published_at timestamptz,
          created_at timestamptz not null,
          version integer not null default 1,
          error_message text,
          conversation_id text collate "C" not null,
          seq bigint not null,
          unique (aggregate_id, event_type)
        );
        create index idx_outbox_unpublished on loadtests_baseline.outbox_events (conversation_id, seq) where published = false;
        """;

    private const string MessagesSql = """
        insert into loadtests_baseline.messages (id, conversation_id, seq, payload, sender_id, kind, channels, priority, status, created_at)
        select id, conversation_id, seq, payload, 'user1', 1, 'chat4all', 1, 0, $5
        from unnest($1, $2, $3, $4) as m (id, conversation_id, seq, payload)
        """;

    private const string OutboxSql = """
        insert into loadtests_baseline.outbox_events (id, aggregate_id, conversation_id, seq, payload, aggregate_type, event_type, created_at)
        select id, aggregate_id, conversation_id, seq, payload, 'message', 'message.created', $6
        from unnest($1, $2, $3, $4, $5) as e (id, aggregate_id, conversation_id, seq, payload)
        """;

    private readonly NpgsqlDataSource _source;

    private readonly bool _withOutbox;

    private PostgresBaseline(NpgsqlDataSource source, bool withOutbox) => (_source, _withOutbox) = (source, withOutbox);

    /// <summary>Makes the tables, in the shape that the server's migrations give them.</summary>
    /// <param name="connectionString">Of the database.</param>
    /// <param name="withOutbox">Whether each message has its outbox row.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PostgresBaseline> CreateAsync(string connectionString, bool withOutbox, CancellationToken cancellationToken)
    {
        var baseline = new PostgresBaseline(NpgsqlDataSource.Create(connectionString), withOutbox);
        await using var create = baseline._source.CreateCommand(CreateSql);
        await create.ExecuteNonQueryAsync(cancellationToken);
        return baseline;
    }

    public LoadRun Run(TimeSpan window, CpuMeter cpu, CancellationToken cancellationToken)
    {
        var run = new LoadRun { Window = window };
        cpu.Start();
        var ends = Stopwatch.GetTimestamp() + (long)(window.TotalSeconds * Stopwatch.Frequency);
        Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => WriteUntilAsync(ends, run, cancellationToken))).GetAwaiter().GetResult();
        run.Cpu = cpu.Stop();
        return run;
    }

    public async ValueTask DisposeAsync()
    {
        await using (var drop = _source.CreateCommand("drop schema if exists loadtests_baseline cascade"))
        {
            await drop.ExecuteNonQueryAsync();
        }

        await _source.DisposeAsync();
    }

    private async Task WriteUntilAsync(long ends, LoadRun run, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        var (messages, outbox) = (new NpgsqlBatchCommand(MessagesSql), new NpgsqlBatchCommand(OutboxSql));
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { messages } };
        if (_withOutbox)
        {
            batch.BatchCommands.Add(outbox);
        }

        var rows = new BaselineRows(MessagesPerTransaction, Conversations);
        rows.AddParameters(messages.Parameters, outbox.Parameters);
        await batch.PrepareAsync(cancellationToken);
        for (var started = Stopwatch.GetTimestamp(); started < ends; started = Stopwatch.GetTimestamp())
        {
            rows.Renew();
            await batch.ExecuteNonQueryAsync(cancellationToken);
            var now = Stopwatch.GetTimestamp();
            lock (run)
            {
                run.Completed += now < ends ? MessagesPerTransaction : 0;
                run.Latency.RecordBetween(started, now);
                run.Count("committed");
            }
        }
    }
}
