using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Reads rows of <c>message_deliveries</c>.</summary>
internal static class SqliteDeliveryRows
{
    /// <summary>Selects deliveries as <c>d</c>; a where clause follows.</summary>
    public const string Select = "select d.message_id, d.recipient, d.channel, d.status, d.attempts, d.external_id, d.error, d.updated_at, d.sent_at from message_deliveries d";

    public static DeliveryRecord Read(SqliteStatement row) => new()
    {
        MessageId = row.Text(0),
        Recipient = row.Text(1),
        Channel = row.Text(2),
        Status = (MessageStatus)row.Int(3),
        Attempts = row.Int(4),
        ExternalId = row.TextOrNull(5),
        Error = row.TextOrNull(6),
        UpdatedAt = row.Time(7),
        SentAt = row.TimeOrNull(8),
    };
}
