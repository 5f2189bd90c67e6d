using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Auth;

/// <summary>Runs the slow hash for requests: a few at a time, on threads of their own, so that messages keep theirs.</summary>
internal sealed class SecretVerifier(SecretHasher hasher, AuthOptions options) : IDisposable
{
    /// <summary>Callers that may wait for a turn; more are refused at once.</summary>
    private const int MaxWaiting = 256;

    private readonly SemaphoreSlim _turns = new(options.ParallelVerifications > 0 ? options.ParallelVerifications : Math.Max(1, Environment.ProcessorCount / 2));
    private int _waiting;

    /// <summary>
    /// Checks a secret once <paramref name="mayTry"/> agrees, which is asked when the turn has come; null when it did not. Throws <c>overloaded</c> when too many wait.
    /// </summary>
    public Task<bool?> VerifyAsync(string? hash, string secret, Func<bool> mayTry, CancellationToken cancellationToken) =>
        RunAsync<bool?>(() => mayTry() ? hasher.Verify(hash, secret) : null, cancellationToken);

    /// <summary>Makes a hash in the same way.</summary>
    public Task<string> HashAsync(string secret, CancellationToken cancellationToken) => RunAsync(() => hasher.Hash(secret), cancellationToken);

    public void Dispose() => _turns.Dispose();

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw ChatException.Unavailable(ErrorCodes.Overloaded, "Too many sign-ins at the same time.");
        }

        try
        {
            await _turns.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            return await Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _turns.Release();
        }
    }
}
