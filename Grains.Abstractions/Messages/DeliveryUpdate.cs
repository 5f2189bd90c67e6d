using Orleans;

namespace Chat4All.Grains.Abstractions;

/// <summary>What became of one delivery: an attempt's result or a receipt. The same update again changes nothing.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.DeliveryUpdate")]
public sealed record DeliveryUpdate
{
    [Id(0)]
    public required string MessageId { get; init; }

    /// <summary>User id of the recipient.</summary>
    [Id(1)]
    public required string Recipient { get; init; }

    /// <summary><c>whatsapp</c>, <c>instagram</c>, <c>messenger</c> or <c>telegram</c>.</summary>
    [Id(2)]
    public required string Channel { get; init; }

    /// <summary>Where the delivery is now. It never goes back, but for a failure that a later receipt overrides. <see cref="MessageStatus.Accepted"/>: not further, but tried.</summary>
    [Id(3)]
    public required MessageStatus Status { get; init; }

    /// <summary>When it happened, as told by whoever saw it.</summary>
    [Id(4)]
    public required DateTimeOffset At { get; init; }

    /// <summary>The platform's id of the message; null when it is not known or not new.</summary>
    [Id(5)]
    public string? ExternalId { get; init; }

    /// <summary>A stable snake_case code; null when nothing went wrong.</summary>
    [Id(6)]
    public string? Error { get; init; }

    /// <summary>How often it has been tried by now; 0 when the update is no attempt's.</summary>
    [Id(7)]
    public int Attempts { get; init; }

    /// <summary>W3C trace context of whoever saw it; null when it is not traced.</summary>
    [Id(8)]
    public string? TraceParent { get; init; }
}
