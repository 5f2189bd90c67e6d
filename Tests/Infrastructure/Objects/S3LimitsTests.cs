using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.S3;
using Chat4All.Tests.Connectors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Infrastructure.Objects;

/// <summary>What is made of an S3 server that is slow, silent or full, against a stand-in that is.</summary>
public sealed class S3LimitsTests
{
    private static readonly string Key = StorageKeys.NewChunk(TimeProvider.System);

    [Fact]
    public async Task A_chunk_may_come_as_slowly_as_its_client_is()
    {
        await using var server = await StandInServer.StartAsync(TakeAsync);
        await using var services = Services(server, 3);

        await Store(services).PutAsync(Key, new SlowContent(8, TimeSpan.FromMilliseconds(500)), 8, default);

        Assert.Equal(2, server.Requests);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("GET")]
    public async Task A_server_that_is_silent_is_not_available(string silentOn)
    {
        await using var server = await StandInServer.StartAsync(context =>
            context.Request.Method == silentOn && context.Request.Path.Value!.Contains("chunks", StringComparison.Ordinal)
                ? Task.Delay(Timeout.Infinite, context.RequestAborted)
                : TakeAsync(context));
        await using var services = Services(server, 1);

        await Assert.ThrowsAsync<ObjectStoreUnavailableException>(() => silentOn == "PUT"
            ? Store(services).PutAsync(Key, new MemoryStream(new byte[10]), 10, default)
            : Store(services).OpenAsync(Key, 0, 10, default));
    }

    [Fact]
    public async Task A_server_that_falls_silent_halfway_is_not_available()
    {
        await using var server = await StandInServer.StartAsync(async context =>
        {
            if (!context.Request.Path.Value!.Contains("chunks", StringComparison.Ordinal))
            {
                await TakeAsync(context);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.ContentLength = 10;
            await context.Response.Body.WriteAsync(new byte[5]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var services = Services(server, 3);
        await using var content = await Store(services).OpenAsync(Key, 0, 10, default);

        await Assert.ThrowsAsync<ObjectStoreUnavailableException>(() => content.ReadExactlyAsync(new byte[10]).AsTask());
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so()
    {
        await using var server = await StandInServer.StartAsync(TakeAsync);
        await using var services = Services(server, 30);
        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store(services).PutAsync(Key, new SlowContent(100, TimeSpan.FromMilliseconds(100)), 100, caller.Token));
    }

    [Theory]
    [InlineData(507, "InsufficientStorage")]
    [InlineData(507, "XMinioStorageFull")]
    [InlineData(403, "QuotaExceeded")]
    public async Task A_server_that_has_no_room_is_full(int status, string code)
    {
        await using var server = await StandInServer.StartAsync(async context =>
        {
            await TakeAsync(context);
            if (context.Request.Method == "PUT")
            {
                context.Response.StatusCode = status;
                await context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no room</Message></Error>");
            }
        });
        await using var services = Services(server, 30);

        await Assert.ThrowsAsync<ObjectStoreFullException>(() => Store(services).PutAsync(Key, new MemoryStream(new byte[10]), 10, default));
    }

    private static async Task TakeAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.Headers.ETag = "\"0\"";
        if (context.Request.Method == "GET")
        {
            await context.Response.WriteAsync("<?xml version=\"1.0\"?><LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>");
        }
    }

    private static ServiceProvider Services(StandInServer server, int seconds) => new ServiceCollection()
        .AddS3ObjectStore(new S3ObjectStoreOptions { Endpoint = server.Address, Bucket = "test", AccessKey = "a", SecretKey = "b", TimeoutSeconds = seconds })
        .BuildServiceProvider();

    private static IObjectStore Store(ServiceProvider services) => services.GetRequiredService<IObjectStore>();

    /// <summary>A byte at a time, each after a pause.</summary>
    private sealed class SlowContent(int length, TimeSpan pause) : MemoryStream(new byte[length])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(pause, cancellationToken);
            return await base.ReadAsync(buffer.Length == 0 ? buffer : buffer[..1], cancellationToken);
        }
    }
}
