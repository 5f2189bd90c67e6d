using System.Diagnostics.CodeAnalysis;

namespace Orleans.Local;

/// <summary>
/// The token that the grain sees in place of its caller's: it is cancelled on the grain's turn, so that callbacks registered there
/// keep to the one-thread rule. The caller does not wait for the grain to notice.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Without a timer the source holds nothing to release.")]
internal sealed class CallCancellation(GrainCall call, CancellationToken caller)
{
    private readonly CancellationTokenSource _grain = new();
    private CancellationTokenRegistration _registration;

    public CancellationToken Token => _grain.Token;

    public void Listen()
    {
        _registration = caller.UnsafeRegister(
            static (state, token) => ((CallCancellation)state!).OnCallerCancelled(token), this);
        if (call.IsAbandoned)
        {
            // It was answered before the registration was known here.
            _registration.Unregister();
        }
    }

    public void StopListening() => _registration.Unregister();

    public void CancelIn(Activation activation) => _ = Task.Factory.StartNew(
        static state => ((CancellationTokenSource)state!).Cancel(),
        _grain, CancellationToken.None, TaskCreationOptions.DenyChildAttach, activation.Scheduler);

    private void OnCallerCancelled(CancellationToken token) => call.OnCallerCancelled(token);
}
