using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;

namespace Chat4All.Tests.Compliance;

public sealed class SqliteEventLogTests() : EmbeddedLogCompliance(new SqliteStoreFixture())
{
    private IEventLog? _running;
    private int _users;

    /// <summary>One process has the file: whoever starts while it runs gets the same one.</summary>
    protected override Task<RunningLog> StartAsync(string topic)
    {
        if (_users++ > 0)
        {
            return Task.FromResult(new RunningLog(_running!, Leave));
        }

        var process = StartProcess();
        _running = process.Log;
        return Task.FromResult(new RunningLog(_running, async () =>
        {
            await Leave();
            await process.DisposeAsync();
        }));
    }

    private ValueTask Leave()
    {
        _users--;
        return ValueTask.CompletedTask;
    }
}
