using System.Diagnostics;
using Spectre.Console;

namespace Chat4All.LoadTests.Reporting;

/// <summary>Shows progress: a bar on a terminal, elsewhere a line for each step and one every ten seconds.</summary>
internal sealed class ConsoleProgress(IAnsiConsole console)
{
    private bool IsTerminal => console.Profile.Capabilities.Ansi && console.Profile.Out.IsTerminal;

    /// <summary>Runs <paramref name="work"/> under the heading <paramref name="title"/>.</summary>
    public async Task<T> WatchAsync<T>(string title, Func<IProgress, Task<T>> work)
    {
        if (!IsTerminal)
        {
            console.WriteLine(title);
            return await work(new Lines(console));
        }

        return await console.Progress().AutoClear(true).StartAsync(progress => work(new Bar(progress.AddTask(Markup.Escape(title)), title)));
    }

    private sealed class Bar(ProgressTask task, string title) : IProgress
    {
        public void Report(string step, double share)
        {
            task.Description = Markup.Escape($"{title}: {step}");
            task.Value = share * task.MaxValue;
        }
    }

    private sealed class Lines(IAnsiConsole console) : IProgress
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

        private readonly Lock _lock = new();
        private string _step = "";
        private long _printedAt;

        public void Report(string step, double share)
        {
            lock (_lock)
            {
                if (step != _step)
                {
                    console.WriteLine($"  {step} …");
                }
                else if (Stopwatch.GetElapsedTime(_printedAt) > Pause)
                {
                    console.WriteLine(FormattableString.Invariant($"  {step} … {share * 100:0} %"));
                }
                else
                {
                    return;
                }

                _step = step;
                _printedAt = Stopwatch.GetTimestamp();
            }
        }
    }
}
