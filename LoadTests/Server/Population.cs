using System.Diagnostics;
using System.Globalization;
using Chat4All.LoadTests.Reporting;

namespace Chat4All.LoadTests.Server;

/// <summary>
/// Who takes part: the demo users, and users made for the benchmark where a scenario needs more of them. Tokens are kept and
/// renewed when less than half of their time is left, so that none expires during a run.
/// </summary>
internal sealed class Population(ChatApi api, AdminAccount? admin)
{
    private const string DemoSecret = "password123";
    private const string BenchSecret = "bench-secret-0123456789";
    private const int Parallelism = 4;

    private readonly Dictionary<string, (string Token, long RenewAt)> _tokens = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _benchUsers;

    /// <summary>Whether more users than the demo's can be made.</summary>
    public bool CanGrow => admin is not null;

    /// <summary>Id of demo user 1..10.</summary>
    public static string Demo(int number) => "user" + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Id of the benchmark's own user, from 0.</summary>
    public static string Bench(int number) => "bench-" + number.ToString("D4", CultureInfo.InvariantCulture);

    public async Task<string> TokenOfAsync(string userId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_tokens.TryGetValue(userId, out var known) && Stopwatch.GetTimestamp() < known.RenewAt)
            {
                return known.Token;
            }
        }

        var secret = userId.StartsWith("bench-", StringComparison.Ordinal) ? BenchSecret : DemoSecret;
        return await SignInAsync(userId, secret, null, cancellationToken);
    }

    /// <summary>Makes the first <paramref name="count"/> benchmark users and signs them in.</summary>
    /// <exception cref="InvalidOperationException">No admin account was given.</exception>
    public async Task<IReadOnlyList<string>> SignInBenchUsersAsync(int count, IProgress progress, CancellationToken cancellationToken)
    {
        var account = admin ?? throw new InvalidOperationException("Making users needs --admin-secret.");
        var adminToken = await SignInAsync(account.Id, account.Secret, "read write admin", cancellationToken);
        var done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, count, options, async (i, token) =>
        {
            if (i >= _benchUsers)
            {
                await api.CreateUserAsync(adminToken, Bench(i), BenchSecret, token);
            }

            await TokenOfAsync(Bench(i), token);
            progress.Report("signing users in", (double)Interlocked.Increment(ref done) / count);
        });
        _benchUsers = Math.Max(_benchUsers, count);
        return [.. Enumerable.Range(0, count).Select(Bench)];
    }

    private async Task<string> SignInAsync(string userId, string secret, string? scope, CancellationToken cancellationToken)
    {
        var token = await api.SignInAsync(userId, secret, scope, cancellationToken);
        lock (_lock)
        {
            _tokens[userId] = (token.Value, Stopwatch.GetTimestamp() + (long)(token.ValidFor.TotalSeconds / 2 * Stopwatch.Frequency));
        }

        return token.Value;
    }
}
