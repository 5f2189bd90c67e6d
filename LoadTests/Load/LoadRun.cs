using Chat4All.LoadTests.Statistics;

namespace Chat4All.LoadTests.Load;

/// <summary>What one timed run of a load saw.</summary>
internal sealed class LoadRun
{
    /// <summary>The timed window; what was answered after it counts in <see cref="Answers"/> and <see cref="AcceptedInAll"/> only.</summary>
    public TimeSpan Window { get; set; }

    /// <summary>Units (requests, messages, deliveries) that succeeded inside the window.</summary>
    public long Completed { get; set; }

    /// <summary>Messages that the server accepted, late ones included: what it must have stored.</summary>
    public long AcceptedInAll { get; set; }

    /// <summary>Messages whose answer never came, so that the server may or may not have stored them.</summary>
    public long Unknown { get; set; }

    /// <summary>Latencies of successful requests.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Everything that came back, by status code or by what went wrong.</summary>
    public SortedDictionary<string, long> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Who used the processor while it ran.</summary>
    public CpuShares Cpu { get; set; }

    public double Rate => Window > TimeSpan.Zero ? Completed / Window.TotalSeconds : 0;

    public void Count(string answer, long times = 1) => Answers[answer] = Answers.GetValueOrDefault(answer) + times;
}
