using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;

namespace Chat4All.Tests.Silo.Workers;

/// <summary>A handler of one record at a time that does what a test says, and remembers what it was given.</summary>
internal sealed class ScriptedHandler : IKeyedHandler
{
    private readonly ConcurrentQueue<LogRecord> _handled = new();
    private readonly ConcurrentQueue<(long, string, int)> _givenUp = new();

    public string Topic => "topic";

    public string Group => "group";

    public int Concurrency => 4;

    public int MaxInFlight { get; set; } = 4_000;

    public Func<LogRecord, Task<HandlingResult>> Handle { get; set; } = static _ => Task.FromResult(HandlingResult.Done);

    public Func<LogRecord, CancellationToken, Task<HandlingResult>>? HandleUntil { get; set; }

    public Func<Task> GiveUp { get; set; } = static () => Task.CompletedTask;

    /// <summary>Each attempt, in the order in which they began.</summary>
    public IReadOnlyList<LogRecord> Handled => [.. _handled];

    public IReadOnlyList<(long Offset, string Reason, int Attempts)> GivenUp => [.. _givenUp];

    public Task<HandlingResult> HandleAsync(LogRecord record, CancellationToken cancellationToken)
    {
        _handled.Enqueue(record);
        return HandleUntil?.Invoke(record, cancellationToken) ?? Handle(record);
    }

    public async Task GiveUpAsync(LogRecord record, string reason, int attempts, CancellationToken cancellationToken)
    {
        await GiveUp();
        _givenUp.Enqueue((record.Offset, reason, attempts));
    }
}
