using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>Posts its tick to the activation when due; the next one is due a period after the tick has ended.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private const uint LongestMilliseconds = 0xfffffffe;

    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly CancellationTokenSource _disposed = new();
    private readonly TurnOptions _options;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();

    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        _options = (options.Interleave ? TurnOptions.AlwaysInterleave : TurnOptions.None)
            | (options.KeepAlive ? TurnOptions.KeepsAlive : TurnOptions.None);

        // A tick starts with clean async locals, not with those of the call that registered it.
        using (ExecutionContext.SuppressFlow())
        {
            _timer = activation.Engine.Time.CreateTimer(
                static state => ((GrainTimer)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_gate)
        {
            _dueTime = dueTime;
            _period = period;
            _changed = true;
            if (!_ticking)
            {
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        if (!_disposed.IsCancellationRequested)
        {
            _disposed.Cancel();
            _timer.Dispose();
            _activation.OnDisposed(this);
        }
    }

    private static void Check(TimeSpan time, string name)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, LongestMilliseconds, name);
    }

    private void Fire()
    {
        lock (_gate)
        {
            if (_ticking || _disposed.IsCancellationRequested)
            {
                return;
            }

            _ticking = true;
            _changed = false;
        }

        _activation.Scheduler.Post(new Tick(this));
    }

    private void OnTickEnded()
    {
        lock (_gate)
        {
            _ticking = false;
            if (!_disposed.IsCancellationRequested)
            {
                _timer.Change(_changed ? _dueTime : _period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private sealed class Tick(GrainTimer timer) : Turn
    {
        internal override TurnOptions Options => timer._options;

        internal override bool IsAbandoned => timer._disposed.IsCancellationRequested;

        internal override bool Begin(Activation activation)
        {
            var task = RunAsync();
            if (task.IsCompleted)
            {
                return true;
            }

            task.ContinueWith(
                static (_, state) => ((Tick)state!).End(),
                this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return false;
        }

        internal override void Leave(Activation activation, Exception? failure)
        {
            // The activation has ended and its timers with it.
        }

        private void End() => End(timer._activation);

        private async Task RunAsync()
        {
            try
            {
                await timer._callback(timer._disposed.Token);
            }
            catch (Exception failure)
            {
                EngineLog.TickFailed(timer._activation.Engine.Logger, failure, timer._activation.GrainId);
            }
            finally
            {
                timer.OnTickEnded();
            }
        }
    }
}
