using System.Diagnostics.CodeAnalysis;

namespace Orleans.Local;

/// <summary>A call with a result.</summary>
internal abstract class ResultCall<TResult> : GrainCall
{
    private readonly TaskCompletionSource<TResult> _caller = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<TResult> Answer => _caller.Task;

    /// <summary>Calls the grain with the arguments held.</summary>
    public abstract ValueTask<TResult> Call(object grain);

    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "Its result is read once.")]
    protected sealed override bool Run()
    {
        try
        {
            var pending = Engine.HasFilters(Activation.Class) ? CallThroughFiltersAsync() : Call(Activation.GrainInstance!);
            if (pending.IsCompletedSuccessfully)
            {
                var result = pending.Result;
                OnReturned(null);
                if (TrySettle(failed: false))
                {
                    _caller.SetResult(result);
                }

                return true;
            }

            var task = pending.AsTask();
            if (!task.IsCompleted)
            {
                task.ContinueWith(
                    static (done, state) => ((ResultCall<TResult>)state!).OnDone(done),
                    this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                return false;
            }

            Settle(task);
        }
        catch (Exception failure)
        {
            OnReturned(failure);
            Fail(failure);
        }

        return true;
    }

    protected sealed override void FailCaller(Exception failure) => _caller.SetException(failure);

    protected sealed override void CancelCaller(CancellationToken token) => _caller.SetCanceled(token);

    private void OnDone(Task<TResult> task)
    {
        Settle(task);
        End(Activation);
    }

    private void Settle(Task<TResult> task)
    {
        // Reading the exception also marks it as observed, whether or not somebody still waits.
        OnReturned(task.Exception?.InnerException);
        if (TrySettle(failed: !task.IsCompletedSuccessfully))
        {
            _caller.SetFromTask(task);
        }
    }

    private async ValueTask<TResult> CallThroughFiltersAsync()
    {
        var context = new IncomingCall(this, Activation, async grain => await Call(grain));
        await context.Invoke();
        return context.Result is TResult result ? result : default!;
    }
}
