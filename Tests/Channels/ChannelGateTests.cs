using System.Diagnostics.Metrics;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Connectors.Http;
using Chat4All.Infrastructure.Connectors.Telegram;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Connectors;

/// <summary>Pace, pauses and the circuit together, on a clock that the test sets forward.</summary>
public sealed class ChannelGateTests
{
    private readonly SteppedTime _time = new();
    private readonly TelegramOptions _options = new() { BreakMinimum = 4, BreakFor = TimeSpan.FromSeconds(15), RecipientInterval = TimeSpan.Zero };
    private readonly Circuit _circuit;
    private readonly ChannelGate _gate;
    private int _requests;

    public ChannelGateTests()
    {
        _circuit = new Circuit(_options, _time);
        _gate = new ChannelGate(_options, _circuit, _time);
    }

    [Fact]
    public async Task A_message_waits_for_its_turn()
    {
        PaceLimit[] limits = [new("to:1", TimeSpan.FromMilliseconds(400), 1), new(ChannelGate.Sender, TimeSpan.Zero, 1)];
        await PassAsync(Verdict.Sent("1"), limits);

        var second = PassAsync(Verdict.Sent("2"), limits);
        var third = PassAsync(Verdict.Sent("3"), limits);
        var fourth = await PassAsync(Verdict.Sent("4"), limits);

        Assert.Equal(new SendResult(AttemptOutcome.Throttled, Error: "paced", RetryAfter: TimeSpan.FromMilliseconds(1200)), fourth);
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal("2", (await second).ExternalId);
        Assert.False(third.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal("3", (await third).ExternalId);
    }

    [Fact]
    public async Task Everybody_waits_as_long_as_the_platform_says_and_no_request_is_made()
    {
        Assert.Equal(TimeSpan.FromSeconds(7), (await PassAsync(Verdict.Throttled(TimeSpan.FromSeconds(7)))).RetryAfter);

        var early = await PassAsync(Verdict.Sent("1"));

        Assert.Equal((AttemptOutcome.Throttled, TimeSpan.FromSeconds(7)), (early.Outcome, early.RetryAfter));
        Assert.Equal(1, _requests);
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(AttemptOutcome.Sent, (await PassAsync(Verdict.Sent("1"))).Outcome);
    }

    [Fact]
    public async Task One_recipient_waits_alone_when_only_that_one_was_too_fast()
    {
        await PassAsync(Verdict.RecipientThrottled(TimeSpan.FromSeconds(60)), To("1"));

        Assert.Equal(AttemptOutcome.Throttled, (await PassAsync(Verdict.Sent("1"), To("1"))).Outcome);
        Assert.Equal(AttemptOutcome.Sent, (await PassAsync(Verdict.Sent("2"), To("2"))).Outcome);
    }

    [Fact]
    public async Task Whoever_waits_for_a_recipients_turn_keeps_nobody_else_waiting()
    {
        PaceLimit[] slow = [new("to:1", TimeSpan.FromMilliseconds(500), 1), new(ChannelGate.Sender, TimeSpan.FromMilliseconds(10), 1)];
        await PassAsync(Verdict.Sent("1"), slow);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        var waiting = PassAsync(Verdict.Sent("2"), slow);

        var other = PassAsync(Verdict.Sent("3"), [new("to:2", TimeSpan.Zero, 1), slow[1]]);

        Assert.True(other.IsCompletedSuccessfully);
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal("2", (await waiting).ExternalId);
    }

    [Fact]
    public async Task Whoever_waited_for_a_turn_does_not_run_into_a_pause()
    {
        PaceLimit[] limits = [new("to:1", TimeSpan.FromMilliseconds(500), 1), new(ChannelGate.Sender, TimeSpan.Zero, 1)];
        await PassAsync(Verdict.Sent("1"), limits);
        var waiting = PassAsync(Verdict.Sent("2"), limits);
        await PassAsync(Verdict.Throttled(TimeSpan.FromSeconds(5)), To("2"));

        _time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal((AttemptOutcome.Throttled, TimeSpan.FromMilliseconds(4500)), ((await waiting).Outcome, (await waiting).RetryAfter));
        Assert.Equal(2, _requests);
    }

    [Fact]
    public async Task A_message_that_the_sender_has_no_place_for_leaves_its_recipients_place_to_others()
    {
        PaceLimit[] limits = [new("to:1", TimeSpan.FromSeconds(6), 2), new(ChannelGate.Sender, TimeSpan.FromSeconds(2), 1)];
        Assert.Equal(AttemptOutcome.Sent, (await PassAsync(Verdict.Sent("1"), limits)).Outcome);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(AttemptOutcome.Throttled, (await PassAsync(Verdict.Sent("2"), limits)).Outcome);
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("2", (await PassAsync(Verdict.Sent("2"), limits)).ExternalId);
    }

    [Fact]
    public async Task An_open_circuit_makes_messages_wait_and_closes_when_the_platform_works_again()
    {
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(AttemptOutcome.Unknown, (await PassAsync(Verdict.Unknown())).Outcome);
        }

        Assert.Equal(2, _circuit.State);
        var refused = await PassAsync(Verdict.Sent("1"));
        Assert.Equal(new SendResult(AttemptOutcome.Throttled, Error: "circuit_open", RetryAfter: TimeSpan.FromSeconds(15)), refused);
        Assert.Equal(4, _requests);

        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(AttemptOutcome.Retry, (await PassAsync(Verdict.Retry("platform_error"))).Outcome);
        Assert.Equal(2, _circuit.State);
        Assert.Equal(AttemptOutcome.Throttled, (await PassAsync(Verdict.Sent("1"))).Outcome);

        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(AttemptOutcome.Sent, (await PassAsync(Verdict.Sent("1"))).Outcome);
        Assert.Equal(0, _circuit.State);
    }

    [Fact]
    public async Task While_one_request_tries_whether_the_platform_works_the_others_wait()
    {
        for (var i = 0; i < 4; i++)
        {
            await PassAsync(Verdict.Retry("platform_error"));
        }

        _time.Advance(TimeSpan.FromSeconds(15));
        var answer = new TaskCompletionSource<Verdict>();
        var trying = _gate.PassAsync(To("1"), () => answer.Task, CancellationToken.None);

        Assert.Equal(1, _circuit.State);
        var other = await PassAsync(Verdict.Sent("2"));
        Assert.Equal((AttemptOutcome.Throttled, "circuit_open"), (other.Outcome, other.Error));
        answer.SetResult(Verdict.Sent("1"));
        Assert.Equal("1", (await trying).ExternalId);
        Assert.Equal(0, _circuit.State);
    }

    [Fact]
    public async Task What_is_wrong_with_a_message_or_its_pace_says_nothing_about_the_platform()
    {
        for (var i = 0; i < 50; i++)
        {
            await PassAsync(Verdict.Failed("invalid_address"), To($"{i}"));
            await PassAsync(Verdict.RecipientThrottled(TimeSpan.FromSeconds(1)), To($"{i}"));
        }

        Assert.Equal(0, _circuit.State);
    }

    [Fact]
    public async Task The_circuits_state_is_a_metric_with_the_channels_name()
    {
        var states = new CircuitStates();
        states.Add("telegram", _circuit);
        var seen = new List<(int State, object? Channel)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, observer) =>
        {
            if (instrument.Name == "chat4all_channel_circuit_state")
            {
                observer.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, state, tags, _) => seen.Add((state, tags[0].Value)));
        listener.Start();

        listener.RecordObservableInstruments();
        Assert.Contains((0, (object)"telegram"), seen);
        for (var i = 0; i < 4; i++)
        {
            await PassAsync(Verdict.Unknown());
        }

        seen.Clear();
        listener.RecordObservableInstruments();
        Assert.Contains((2, (object)"telegram"), seen);
    }

    private static PaceLimit[] To(string recipient) => [new($"to:{recipient}", TimeSpan.Zero, 1), new(ChannelGate.Sender, TimeSpan.Zero, 1)];

    private Task<SendResult> PassAsync(Verdict verdict, PaceLimit[]? limits = null) => _gate.PassAsync(
        limits ?? To("1"),
        () =>
        {
            _requests++;
            return Task.FromResult(verdict);
        },
        CancellationToken.None);
}
