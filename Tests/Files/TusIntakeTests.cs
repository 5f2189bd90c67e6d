using Chat4All.Frontend.Api.Files;
using Chat4All.Frontend.Api.Files.Tus;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Frontend.Hosting;
using Chat4All.Grains.Abstractions;
using Chat4All.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Files;

/// <summary>Bodies of tus against a user's minute.</summary>
public sealed class TusIntakeTests : IAsyncLifetime
{
    private const int Piece = TusBodies.PieceSize;

    private readonly SteppedTime _time = new();
    private MergeHost _host = null!;

    public async Task InitializeAsync() => _host = await MergeHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("cut")]
    [InlineData("taken over")]
    public async Task What_has_come_counts_although_the_users_minute_is_used_up(string end)
    {
        var writers = new TusWriters(_time);
        var limiter = new UploadRateLimiter(new RateLimitOptions { UploadMebibytesPerMinute = 50 }, new ServerOptions(), _time);
        var chunks = new ChunkIntake(_host.Objects, new RunningHashes(), TimeProvider.System, NullLogger<ChunkIntake>.Instance);
        using var bodies = new TusBodies(TimeProvider.System);
        var intake = new TusIntake(chunks, writers, bodies, limiter, _time);
        var id = Ids.New(TimeProvider.System);
        var grain = _host.Grains.GetGrain<IUploadSessionGrain>(id);
        var upload = await grain.Initiate(
            new InitiateUpload
            {
                UserId = "u1", ConversationId = "team", Filename = "a.bin", FileSize = 4 * Piece, MimeType = "application/octet-stream", ChunkSize = 0, Kind = UploadKind.Tail,
            },
            default);
        using var aborted = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestAborted = aborted.Token };
        context.Request.Body = new MemoryStream(new byte[4 * Piece]);
        Assert.True(limiter.TryTake("u1", 50 * FileCalls.Mebibyte - Piece).Allowed);

        var taking = intake.TakeAsync(context, grain, upload, checksum: null);
        await Eventually.HoldsAsync("the second piece waits for the next minute", () => Enumerable.Range(1, 70).Any(seconds => _time.HasTimerDueIn(TimeSpan.FromSeconds(seconds))));
        Assert.Equal(Piece, (await grain.Get("u1", default)).UploadedBytes);
        await (end == "cut" ? aborted.CancelAsync() : writers.StopAsync(id, default));

        await Assert.ThrowsAnyAsync<Exception>(() => taking);
        Assert.Equal(2 * Piece, (await grain.Get("u1", default)).UploadedBytes);
    }
}
