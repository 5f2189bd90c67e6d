using Chat4All.Grains.Ports;
using Polly;
using Polly.CircuitBreaker;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>
/// Stops calling a platform that does not work, for its sake and for the messages': while the circuit is open they wait and lose no attempt. After the break one
/// request tries whether it works again.
/// </summary>
internal sealed class Circuit
{
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<Verdict> _pipeline;
    private readonly TimeProvider _time;
    private long _openUntil;

    public Circuit(PlatformOptions options, TimeProvider time)
    {
        _time = time;
        _pipeline = new ResiliencePipelineBuilder<Verdict> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Verdict>
            {
                FailureRatio = options.BreakAtFailures,
                MinimumThroughput = options.BreakMinimum,
                SamplingDuration = options.BreakWindow,
                BreakDuration = options.BreakFor,
                StateProvider = _state,
                ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome.Exception is not null || attempt.Outcome.Result.Unhealthy),
                OnOpened = opened =>
                {
                    Volatile.Write(ref _openUntil, (_time.GetUtcNow() + opened.BreakDuration).UtcTicks);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>0 closed, 1 half-open, 2 open.</summary>
    public int State => _state.CircuitState switch
    {
        CircuitState.Closed => 0,
        CircuitState.HalfOpen => 1,
        _ => 2,
    };

    /// <summary>How long it stays open; zero when a request may be made.</summary>
    public TimeSpan OpenFor
    {
        get
        {
            var left = TimeSpan.FromTicks(Volatile.Read(ref _openUntil) - _time.GetUtcNow().UtcTicks);
            return State == 2 && left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Makes a request unless the circuit is open: then the answer is that it was too early.</summary>
    public async ValueTask<Verdict> ExecuteAsync(Func<Task<Verdict>> request)
    {
        try
        {
            return await _pipeline.ExecuteAsync(static async (attempt, _) => await attempt(), request, CancellationToken.None);
        }
        catch (BrokenCircuitException open)
        {
            return new Verdict(Refused(open.RetryAfter ?? TimeSpan.FromSeconds(1)));
        }
    }

    /// <summary>The answer while it is open.</summary>
    public static SendResult Refused(TimeSpan wait) => new(AttemptOutcome.Throttled, Error: "circuit_open", RetryAfter: wait);
}
