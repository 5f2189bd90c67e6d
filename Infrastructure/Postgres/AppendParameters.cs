using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;
using NpgsqlTypes;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>A batch as arrays, one a column: how a set goes to the server in one statement.</summary>
internal sealed class AppendParameters
{
    private readonly string[] _conversations;
    private readonly long[] _expected;
    private readonly long[] _heads;
    private readonly DateTime[] _activity;

    private readonly string[] _ids;
    private readonly string[] _owners;
    private readonly long[] _seqs;
    private readonly string?[] _senders;
    private readonly string?[] _recipients;
    private readonly short[] _kinds;
    private readonly string[] _payloads;
    private readonly string[] _channels;
    private readonly short[] _priorities;
    private readonly short[] _statuses;
    private readonly string?[] _replies;
    private readonly string?[] _metadata;
    private readonly DateTime[] _created;

    private readonly Guid[] _eventIds;
    private readonly string[] _aggregateTypes;
    private readonly string[] _aggregateIds;
    private readonly string[] _eventTypes;
    private readonly ReadOnlyMemory<byte>[] _events;
    private readonly string?[] _traces;
    private readonly short[]? _partitions;

    private readonly List<string> _cursorConversations = [];
    private readonly List<string> _cursorUsers = [];
    private readonly List<long> _cursorSeqs = [];
    private readonly List<DateTime> _cursorTimes = [];

    /// <param name="batch">In id order: rows are locked as they stand here, and every process locks alike.</param>
    public AppendParameters(IReadOnlyList<ConversationAppend> batch, OutboxPlacement placement)
    {
        (_conversations, _expected, _heads, _activity) = (new string[batch.Count], new long[batch.Count], new long[batch.Count], new DateTime[batch.Count]);
        var count = batch.Sum(static append => append.Messages.Count);
        (_ids, _owners, _seqs, _created) = (new string[count], new string[count], new long[count], new DateTime[count]);
        (_senders, _recipients, _replies, _metadata) = (new string?[count], new string?[count], new string?[count], new string?[count]);
        (_kinds, _priorities, _statuses) = (new short[count], new short[count], new short[count]);
        (_payloads, _channels) = (new string[count], new string[count]);
        (_eventIds, _events) = (new Guid[count], new ReadOnlyMemory<byte>[count]);
        (_aggregateTypes, _aggregateIds, _eventTypes, _traces) = (new string[count], new string[count], new string[count], new string?[count]);
        _partitions = placement.InLog ? new short[count] : null;

        var row = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var append = batch[i];
            var last = append.Messages[^1].Message;
            (_conversations[i], _expected[i], _heads[i], _activity[i]) = (append.ConversationId, append.ExpectedLastSeq, last.Seq, last.CreatedAt.UtcDateTime);
            var partition = placement.InLog ? placement.Of(append.ConversationId) : default;
            foreach (var (message, outbox) in append.Messages)
            {
                Set(row++, message, outbox, partition);
            }

            foreach (var cursor in SenderCursors.Of(append))
            {
                _cursorConversations.Add(append.ConversationId);
                _cursorUsers.Add(cursor.UserId);
                _cursorSeqs.Add(cursor.Seq);
                _cursorTimes.Add(cursor.At.UtcDateTime);
            }
        }
    }

    public string[] MessageIds => _ids;

    public string[] Conversations => _conversations;

    public long[] Expected => _expected;

    /// <summary>Adds $1 to $26, in the order of the statement.</summary>
    public void AddTo(NpgsqlParameterCollection parameters)
    {
        Add(parameters, _conversations, NpgsqlDbType.Text);
        Add(parameters, _expected, NpgsqlDbType.Bigint);
        Add(parameters, _heads, NpgsqlDbType.Bigint);
        Add(parameters, _activity, NpgsqlDbType.TimestampTz);
        Add(parameters, _ids, NpgsqlDbType.Text);
        Add(parameters, _owners, NpgsqlDbType.Text);
        Add(parameters, _seqs, NpgsqlDbType.Bigint);
        Add(parameters, _senders, NpgsqlDbType.Text);
        Add(parameters, _recipients, NpgsqlDbType.Text);
        Add(parameters, _kinds, NpgsqlDbType.Smallint);
        Add(parameters, _payloads, NpgsqlDbType.Text);
        Add(parameters, _channels, NpgsqlDbType.Text);
        Add(parameters, _priorities, NpgsqlDbType.Smallint);
        Add(parameters, _statuses, NpgsqlDbType.Smallint);
        Add(parameters, _replies, NpgsqlDbType.Text);
        Add(parameters, _metadata, NpgsqlDbType.Text);
        Add(parameters, _created, NpgsqlDbType.TimestampTz);
        Add(parameters, _eventIds, NpgsqlDbType.Uuid);
        Add(parameters, _aggregateTypes, NpgsqlDbType.Text);
        Add(parameters, _aggregateIds, NpgsqlDbType.Text);
        Add(parameters, _eventTypes, NpgsqlDbType.Text);
        Add(parameters, _events, NpgsqlDbType.Jsonb);
        Add(parameters, _cursorConversations, NpgsqlDbType.Text);
        Add(parameters, _cursorUsers, NpgsqlDbType.Text);
        Add(parameters, _cursorSeqs, NpgsqlDbType.Bigint);
        Add(parameters, _cursorTimes, NpgsqlDbType.TimestampTz);
        Add(parameters, _traces, NpgsqlDbType.Text);
        if (_partitions is not null)
        {
            Add(parameters, _partitions, NpgsqlDbType.Smallint);
        }
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, T values, NpgsqlDbType element) =>
        parameters.Add(new NpgsqlParameter<T> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | element });

    private void Set(int row, StoredMessage message, OutboxRow outbox, short partition)
    {
        _ids[row] = message.MessageId;
        _owners[row] = message.ConversationId;
        _seqs[row] = message.Seq;
        _senders[row] = message.SenderId;
        _recipients[row] = message.To;
        _kinds[row] = (short)message.Kind;
        _payloads[row] = message.Payload;
        _channels[row] = ChannelNames.Join(message.Channels);
        _priorities[row] = (short)message.Priority;
        _statuses[row] = (short)message.Status;
        _replies[row] = message.ReplyTo;
        _metadata[row] = message.Metadata;
        _created[row] = message.CreatedAt.UtcDateTime;
        _eventIds[row] = outbox.Id;
        _aggregateTypes[row] = outbox.AggregateType;
        _aggregateIds[row] = outbox.AggregateId;
        _eventTypes[row] = outbox.EventType;
        _events[row] = outbox.Payload;
        _traces[row] = outbox.TraceParent;
        _partitions?.SetValue(partition, row);
    }
}
