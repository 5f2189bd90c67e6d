using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers.Incoming;
using Chat4All.Tests.Connectors;
using Chat4All.Tests.RealTime;

namespace Chat4All.Tests.Silo.Incoming;

public sealed class ReceiptsTests
{
    private readonly ShiftedTime _time = new();
    private readonly RecordedReceipts _hub = new();
    private readonly CallProgress _call = new("whatsapp", new IncomingPayload
    {
        Messages = [],
        Receipts = [new DeliveryReceipt("whatsapp", "x1", MessageStatus.Delivered, DateTimeOffset.UnixEpoch)],
        Watermarks = [],
        Keys = [],
    });

    [Fact]
    public async Task A_receipt_that_nobody_knows_is_dropped_after_5_seconds()
    {
        _hub.Unknown = 2;

        Assert.NotNull(await ReportAsync());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await ReportAsync());
    }

    [Fact]
    public async Task Time_while_the_store_is_away_is_not_part_of_a_receipts_wait()
    {
        _hub.Unknown = 2;
        _hub.Refusals = 1;
        await Assert.ThrowsAsync<InvalidOperationException>(ReportAsync);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await ReportAsync());

        // Away once more, before what was sent could be recorded.
        _hub.Refusals = 1;
        await Assert.ThrowsAsync<InvalidOperationException>(ReportAsync);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await ReportAsync());

        Assert.Null(await ReportAsync());
        Assert.Single(_hub.Reported);
    }

    private Task<TimeSpan?> ReportAsync() => new Receipts(_hub, deliveries: null!, addresses: null!, _time).ReportAsync(_call, CancellationToken.None);
}
