using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Reads rows of <c>message_deliveries</c>.</summary>
internal static class PostgresDeliveryRows
{
    /// <summary>The columns of <see cref="Read"/>.</summary>
    public const string Columns = "message_id, recipient, channel, status, attempts, external_id, error, updated_at, sent_at";

    public static DeliveryRecord Read(NpgsqlDataReader row) => new()
    {
        MessageId = row.GetString(0),
        Recipient = row.GetString(1),
        Channel = row.GetString(2),
        Status = (MessageStatus)row.GetInt16(3),
        Attempts = row.GetInt32(4),
        ExternalId = row.TextOrNull(5),
        Error = row.TextOrNull(6),
        UpdatedAt = row.Time(7),
        SentAt = row.TimeOrNull(8),
    };
}
