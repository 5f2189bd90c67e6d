using Chat4All.Frontend.Auth;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Files;
using Chat4All.Tests.Grains;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat4All.Tests.Auth;

public sealed class RevocationPollerTests
{
    [Fact]
    public async Task A_lost_answer_of_the_store_does_not_end_it()
    {
        await using var store = await EmbeddedStore.StartAsync();
        var time = new SteppedTime();
        var (asked, lost) = (0, 0);
        var tokens = Interposed<ITokenStore>.Around(store.Tokens, before: method =>
        {
            Interlocked.Increment(ref asked);
            return method == nameof(ITokenStore.DeleteExpiredAsync) && Interlocked.Increment(ref lost) == 1 ? throw new CommitOutcomeUnknownException("lost") : Task.CompletedTask;
        });
        using var poller = new RevocationPoller(tokens, new Revocations(new TokenCache(new AuthOptions(), time)), time, NullLogger<RevocationPoller>.Instance);
        await poller.StartAsync(default);
        await Eventually.HoldsAsync("its timer runs", () => time.HasTimerDueIn(TimeSpan.FromMilliseconds(500)));

        time.Advance(TimeSpan.FromHours(1.1));
        await Eventually.HoldsAsync("the clean-up was lost", () => Volatile.Read(ref lost) == 1);
        var before = Volatile.Read(ref asked);
        await Eventually.HoldsAsync("it asks again", () =>
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            return Volatile.Read(ref asked) > before;
        });

        await poller.StopAsync(default);
        await poller.ExecuteTask!;
    }
}
