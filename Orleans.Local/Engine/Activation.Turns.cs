using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>Which turn starts when.</summary>
internal sealed partial class Activation
{
    private const int FirstPrune = 256;

    /// <summary>Not looked at yet.</summary>
    private TurnQueue _arrivals;

    /// <summary>Looked at, and blocked by what runs.</summary>
    private TurnQueue _waiting;

    private int _running;
    private int _runningReaders;

    /// <summary>The running turn beside which only interleaving ones start.</summary>
    private Turn? _blocking;

    /// <summary>Beside a blocking turn, what waits is worth a look.</summary>
    private bool _waitingMayInterleave;

    private int _pruneAt = FirstPrune;
    private bool _recheck;
    private bool _pumping;

    internal bool NeedsPump => _arrivals.Count > 0 || _recheck;

    /// <summary>The call that others wait for, for error messages; a guess when read outside of the turn.</summary>
    internal GrainCall? BlockingCall => _blocking as GrainCall;

    internal void Enqueue(Turn turn) => _arrivals.Add(turn);

    internal void OnEnded(Turn turn)
    {
        _running--;
        if (ReferenceEquals(_blocking, turn))
        {
            _blocking = null;
        }

        if (IsReader(turn))
        {
            _runningReaders--;
        }

        if (turn.Has(TurnOptions.KeepsAlive))
        {
            Volatile.Write(ref _lastUsed, Engine.Time.GetTimestamp());
        }

        _pool?.OnLeft(this, turn);
        _recheck = true;
    }

    /// <summary>Starts what may start. Runs inside a task of this activation's scheduler.</summary>
    internal void Pump()
    {
        if (_pumping)
        {
            _recheck = true;
            return;
        }

        _pumping = true;
        try
        {
            do
            {
                _recheck = false;
                Step();
            }
            while (_recheck);
        }
        finally
        {
            _pumping = false;
        }
    }

    private void Step()
    {
        if (_state == ActivationState.Creating && _arrivals.First is { } first)
        {
            StartCleanly(first, static (turn, self) =>
            {
                turn.EnterContext();
                _ = self.ActivateAsync();
                return true;
            });
        }

        if (_state == ActivationState.Valid)
        {
            StartWaiting();
            StartArrivals();
        }

        // Starting a turn may have ended this activation.
        if (_state != ActivationState.Valid)
        {
            while (_arrivals.TryTake() is { } turn)
            {
                Hold(turn);
            }
        }

        if (_state == ActivationState.Deactivating && _running == 0 && !_starting && !_ending)
        {
            _ending = true;
            _ = FinishDeactivationAsync();
        }

        if (_state == ActivationState.Gone)
        {
            PassOnWaiting();
        }
    }

    /// <summary>Needed only after a turn has ended: until then what waits stays blocked.</summary>
    private void StartWaiting()
    {
        while (_state == ActivationState.Valid && _waiting.Count > 0 && (_blocking is null || _waitingMayInterleave))
        {
            if (_waiting.TryTake(static (turn, self) => turn.IsAbandoned || self.MayStart(turn), this) is not { } next)
            {
                _waitingMayInterleave = Class.MayInterleave is not null;
                return;
            }

            Start(next);
        }
    }

    private void StartArrivals()
    {
        while (_state == ActivationState.Valid && _arrivals.TryTake() is { } turn)
        {
            if (MayStart(turn))
            {
                Start(turn);

                // It may have ended already; then what waits is older than the other arrivals.
                if (_recheck)
                {
                    StartWaiting();
                }
            }
            else
            {
                Hold(turn);
            }
        }
    }

    private void Start(Turn turn)
    {
        if (turn.IsAbandoned)
        {
            Drop(turn, null);
            return;
        }

        _running++;
        if (IsReader(turn))
        {
            _runningReaders++;
        }
        else if (_blocking is null && !turn.Has(TurnOptions.AlwaysInterleave))
        {
            _blocking = turn;
        }

        if (StartCleanly(turn, static (started, self) => started.Begin(self)))
        {
            OnEnded(turn);
        }
    }

    /// <summary>What one turn leaves in async locals is not for the next.</summary>
    private bool StartCleanly(Turn turn, Func<Turn, Activation, bool> start)
    {
        var clean = ExecutionContext.Capture();
        var result = start(turn, this);
        if (clean is not null && !ReferenceEquals(clean, ExecutionContext.Capture()))
        {
            ExecutionContext.Restore(clean);
        }

        return result;
    }

    private bool MayStart(Turn turn)
    {
        if (turn.Has(TurnOptions.AlwaysInterleave) || Class.IsReentrant || (_blocking is null && _runningReaders == 0))
        {
            return true;
        }

        if (_blocking is null && turn.Has(TurnOptions.ReadOnly))
        {
            return true;
        }

        return Class.MayInterleave is not null && (ChoosesToInterleave(turn) || ChoosesToInterleave(_blocking));
    }

    private bool ChoosesToInterleave(Turn? turn)
    {
        try
        {
            return turn is GrainCall call && Class.MayInterleave!(GrainInstance!, call);
        }
        catch (Exception failure)
        {
            EngineLog.MayInterleaveFailed(Engine.Logger, failure, GrainId);
            return false;
        }
    }

    private void Hold(Turn turn)
    {
        var limit = Engine.Options.MaxEnqueuedRequests;
        if (limit > 0 && _waiting.Count >= limit && turn is GrainCall)
        {
            Drop(turn, new LimitExceededException($"{GrainId} has {_waiting.Count} waiting calls; the limit is {limit}."));
            return;
        }

        _waiting.Add(turn);
        _waitingMayInterleave |= turn.Has(TurnOptions.AlwaysInterleave) || Class.MayInterleave is not null;
        if (_waiting.Count >= _pruneAt)
        {
            // Callers of a grain that hangs give up one by one; their calls must not pile up.
            while (_waiting.TryTake(static (held, _) => held.IsAbandoned, 0) is { } abandoned)
            {
                Drop(abandoned, null);
            }

            _pruneAt = Math.Max(FirstPrune, 2 * _waiting.Count);
        }
    }

    private void Drop(Turn turn, Exception? failure)
    {
        _pool?.OnLeft(this, turn);
        turn.Leave(this, failure);
    }

    private static bool IsReader(Turn turn)
        => (turn.Options & (TurnOptions.ReadOnly | TurnOptions.AlwaysInterleave)) == TurnOptions.ReadOnly;
}
