namespace Chat4All.Tests.Auth;

/// <summary>A clock that goes on from now and can be set forward.</summary>
internal sealed class ManualTime : TimeProvider
{
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + _ahead;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(_ahead.TotalSeconds * System.TimestampFrequency);

    public void Advance(TimeSpan by) => _ahead += by;
}
