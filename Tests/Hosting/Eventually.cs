using System.Diagnostics;

namespace Chat4All.Tests.Hosting;

/// <summary>Waits for a condition instead of a time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns as soon as <paramref name="condition"/> holds.</summary>
    /// <param name="what">Named in the failure: what was waited for.</param>
    /// <param name="condition">Asked again and again; an exception from it ends the wait.</param>
    /// <param name="deadline">Default: 30 s.</param>
    /// <exception cref="TimeoutException">It never held.</exception>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, TimeSpan? deadline = null)
    {
        var limit = deadline ?? TimeSpan.FromSeconds(30);
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > limit)
            {
                throw new TimeoutException($"{what}: not within {limit.TotalSeconds:0} s.");
            }

            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="HoldsAsync(string, Func{Task{bool}}, TimeSpan?)"/>
    public static Task HoldsAsync(string what, Func<bool> condition, TimeSpan? deadline = null) =>
        HoldsAsync(what, () => Task.FromResult(condition()), deadline);
}
