using Chat4All.Silo.Workers;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Silo.Workers;

/// <summary>A worker over a scripted log, handler and clock.</summary>
public abstract class KeyedWorkerTestBase
{
    private protected ScriptedLog Log { get; } = new();

    private protected RecordedWaits Time { get; } = new();

    private protected ScriptedHandler Handler { get; } = new();

    private protected async Task<RunningWorker> StartAsync(ILogger<KeyedWorker>? log = null)
    {
        var worker = new RunningWorker(new KeyedWorker(Handler, Log, Time, log ?? NullLogger<KeyedWorker>.Instance));
        await worker.StartAsync();
        return worker;
    }

    private protected Task CommittedAsync(long offset) => Eventually.HoldsAsync($"{offset} is committed", () => Log.Committed() == offset);
}
