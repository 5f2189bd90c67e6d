using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Connectors.Simulator;

/// <summary>
/// A platform that only exists in this process: takes every message, says later that it was delivered and read, and fails as often as it is told to.
/// The same delivery always gets the same external id, so that a repeat is recognisable.
/// </summary>
internal sealed class SimulatorConnector(
    Channels channel, SimulatorOptions options, SimulatedReceipts receipts, SimulatorLedger ledger, TimeProvider time) : IChannelConnector
{
    private const int OutcomeDraw = 1;
    private const int ArrivedDraw = 2;
    private const int DeliveredDraw = 3;
    private const int ReadDraw = 4;
    private const int LatencyDraw = 5;
    private const int MaxCounted = 100_000;

    /// <summary>Attempts of deliveries that are not done, so that each is drawn anew; forgotten with the process, like the platform's own.</summary>
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);

    private readonly bool _neverFails = options is { FailureRate: 0, RetryRate: 0, ThrottleRate: 0, UnknownRate: 0 };

    public Channels Channel => channel;

    public bool TakesUserIds => true;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var chance = new Chance(options.Seed, message.DeliveryId, CountAttempt(message.DeliveryId));
        if (options.MedianLatency > TimeSpan.Zero)
        {
            // A request that is under way is not called back.
            await Task.Delay(chance.LogNormal(options.MedianLatency, options.P99Latency, LatencyDraw), time, CancellationToken.None);
        }

        var outcome = _neverFails ? AttemptOutcome.Sent : Outcome(chance.Draw(OutcomeDraw));
        switch (outcome)
        {
            case AttemptOutcome.Failed:
                _attempts.TryRemove(message.DeliveryId, out _);
                return new SendResult(outcome, Error: "simulated_failure");
            case AttemptOutcome.Retry:
                return new SendResult(outcome, Error: "simulated_outage");
            case AttemptOutcome.Throttled:
                return new SendResult(outcome, Error: "throttled", RetryAfter: options.ThrottleFor);
            case AttemptOutcome.Unknown when chance.Draw(ArrivedDraw) < 0.5:
                return new SendResult(outcome, Error: "outcome_unknown");
            default:
                return Take(message, chance, outcome);
        }
    }

    private SendResult Take(OutgoingMessage message, Chance chance, AttemptOutcome outcome)
    {
        var now = time.GetUtcNow();
        try
        {
            ledger.Append(message, channel, now);
        }
        catch (IOException)
        {
            return new SendResult(AttemptOutcome.Retry, Error: "ledger_unavailable");
        }

        var externalId = ExternalId(message.DeliveryId);
        if (options.Receipts)
        {
            var delivered = now + chance.Between(options.DeliveredMin, options.DeliveredMax, DeliveredDraw);
            receipts.Schedule(channel, externalId, MessageStatus.Delivered, delivered);
            if (options.ReadReceipts)
            {
                receipts.Schedule(channel, externalId, MessageStatus.Read, delivered + chance.Between(options.ReadMin, options.ReadMax, ReadDraw));
            }
        }

        if (outcome == AttemptOutcome.Unknown)
        {
            return new SendResult(outcome, Error: "outcome_unknown");
        }

        _attempts.TryRemove(message.DeliveryId, out _);
        return new SendResult(AttemptOutcome.Sent, externalId);
    }

    private AttemptOutcome Outcome(double draw)
    {
        var (failed, retry, throttled) = (options.FailureRate, options.FailureRate + options.RetryRate, options.FailureRate + options.RetryRate + options.ThrottleRate);
        return draw < failed ? AttemptOutcome.Failed
            : draw < retry ? AttemptOutcome.Retry
            : draw < throttled ? AttemptOutcome.Throttled
            : draw < throttled + options.UnknownRate ? AttemptOutcome.Unknown
            : AttemptOutcome.Sent;
    }

    private int CountAttempt(string deliveryId)
    {
        if (_neverFails)
        {
            return 1;
        }

        if (_attempts.Count >= MaxCounted)
        {
            _attempts.Clear();
        }

        return _attempts.AddOrUpdate(deliveryId, 1, static (_, attempts) => attempts + 1);
    }

    private static string ExternalId(string deliveryId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(deliveryId), hash);
        return "sim." + Convert.ToHexStringLower(hash[..16]);
    }
}
