using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Chat4All.LoadTests.Baseline;

/// <summary>The arrays of one transaction, filled anew for each.</summary>
internal sealed class BaselineRows
{
    private const string Text = "The quick brown fox jumps over the lazy dog while the hub keeps every message, once and in order. 42";
    private const string Payload = $$"""{"type":"text","text":"{{Text}}"}""";

    private readonly Guid[] _eventIds;
    private readonly string[] _ids;
    private readonly string[] _conversationIds;
    private readonly long[] _seqs;
    private readonly string[] _payloads;
    private readonly string[] _events;
    private readonly NpgsqlParameter<DateTime> _messageTime = new() { NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private readonly NpgsqlParameter<DateTime> _eventTime = new() { NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private readonly string _writer = Guid.NewGuid().ToString("N")[..8];
    private readonly int _conversations;
    private long _next;

    public BaselineRows(int size, int conversations)
    {
        _conversations = conversations;
        _eventIds = new Guid[size];
        _ids = new string[size];
        _conversationIds = new string[size];
        _seqs = new long[size];
        _events = new string[size];
        _payloads = new string[size];
        Array.Fill(_payloads, Payload);
    }

    public void AddParameters(NpgsqlParameterCollection messages, NpgsqlParameterCollection outbox)
    {
        Renew();
        messages.Add(Texts(_ids));
        messages.Add(Texts(_conversationIds));
        messages.Add(new NpgsqlParameter<long[]> { TypedValue = _seqs });
        messages.Add(Texts(_payloads));
        messages.Add(_messageTime);
        outbox.Add(new NpgsqlParameter<Guid[]> { TypedValue = _eventIds });
        outbox.Add(Texts(_ids));
        outbox.Add(Texts(_conversationIds));
        outbox.Add(new NpgsqlParameter<long[]> { TypedValue = _seqs });
        outbox.Add(new NpgsqlParameter<string[]> { TypedValue = _events, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        outbox.Add(_eventTime);
    }

    public void Renew()
    {
        var now = DateTime.UtcNow;
        _messageTime.TypedValue = now;
        _eventTime.TypedValue = now;
        for (var i = 0; i < _ids.Length; i++)
        {
            var n = _next++;
            _ids[i] = Guid.CreateVersion7().ToString();
            _eventIds[i] = Guid.CreateVersion7();
            _conversationIds[i] = string.Create(CultureInfo.InvariantCulture, $"conversation-{_writer}-{n % _conversations:D4}");
            _seqs[i] = (n / _conversations) + 1;
            _events[i] = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"message_id":"{{_ids[i]}}","conversation_id":"{{_conversationIds[i]}}","seq":{{_seqs[i]}},"sender_id":"user1","sender_name":"user1","content":"{{Text}}","payload":{{Payload}},"channels":["chat4all"],"priority":"normal","status":"delivered","created_at":"{{now:O}}"}""");
        }
    }

    private static NpgsqlParameter<string[]> Texts(string[] values) => new() { TypedValue = values };
}
