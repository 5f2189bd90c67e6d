using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>What every request to a platform has to pass: its circuit and its pace.</summary>
internal sealed class ChannelGate(PlatformOptions options, Circuit circuit, TimeProvider time)
{
    /// <summary>Key of the limits that all messages share.</summary>
    public const string Sender = "sender";

    private readonly Pacer _pacer = new(time, options.MaxPacedRecipients);

    /// <summary>
    /// Makes the request when its turn comes; the answer is <c>throttled</c> when that is too far away, when the platform wants to be left alone, or while the circuit is open.
    /// </summary>
    /// <param name="limits">The recipient's first, the sender's last.</param>
    /// <param name="cancellationToken">Ends the wait, not the request.</param>
    public async Task<SendResult> PassAsync(PaceLimit[] limits, Func<Task<Verdict>> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (circuit.OpenFor is var open && open > TimeSpan.Zero)
        {
            return Circuit.Refused(open);
        }

        // One after the other: a message that waits for its recipient's turn must not keep the sender's turn from others.
        for (var taken = 0; taken < limits.Length; taken++)
        {
            if (!_pacer.TryReserve(limits[taken], options.MaxWait, out var wait))
            {
                _pacer.GiveBack(limits.AsSpan(0, taken));
                return Paced(wait);
            }

            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
        }

        if (_pacer.PausedFor(limits) is var pause && pause > TimeSpan.Zero)
        {
            _pacer.GiveBack(limits);
            return Paced(pause);
        }

        var verdict = await circuit.ExecuteAsync(request);
        if (verdict.SenderPause > TimeSpan.Zero)
        {
            _pacer.Pause(Sender, verdict.SenderPause);
        }

        if (verdict.RecipientPause > TimeSpan.Zero)
        {
            _pacer.Pause(limits[0].Key, verdict.RecipientPause);
        }

        return verdict.Result;
    }

    private static SendResult Paced(TimeSpan wait) => new(AttemptOutcome.Throttled, Error: "paced", RetryAfter: wait);
}
