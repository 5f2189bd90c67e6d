using System.Diagnostics;
using Chat4All.Grains;

namespace Chat4All.Tests.Grains;

public sealed class RecordedTraceTests
{
    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, true)]
    [InlineData(ActivityTraceFlags.None, false)]
    public void What_is_stored_names_a_trace_only_where_it_can_be_looked_up(ActivityTraceFlags flags, bool isStored)
    {
        using var activity = new Activity("request") { ActivityTraceFlags = flags };
        activity.SetIdFormat(ActivityIdFormat.W3C).Start();

        Assert.Equal(isStored ? activity.Id : null, Telemetry.RecordedTrace);
    }
}
