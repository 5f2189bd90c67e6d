using System.Text;
using Chat4All.Frontend.Operations.Metrics;

namespace Chat4All.Tests.Operations;

public sealed class PrometheusNamesTests
{
    [Theory]
    [InlineData("http_requests_total", "", true, "http_requests_total")]
    [InlineData("dotnet.gc.collections", "{collection}", true, "dotnet_gc_collections_total")]
    [InlineData("dotnet.gc.pause.time", "s", true, "dotnet_gc_pause_time_seconds_total")]
    [InlineData("chat4all_journal_commit_duration_seconds", "s", false, "chat4all_journal_commit_duration_seconds")]
    [InlineData("dotnet.process.memory.working_set", "By", false, "dotnet_process_memory_working_set_bytes")]
    [InlineData("9.lives", "", false, "_9_lives")]
    [InlineData("a--b..c", "", false, "a_b_c")]
    public void Names_get_their_unit_and_total_once(string name, string unit, bool counter, string expected) =>
        Assert.Equal(expected, PrometheusNames.OfMetric(name, unit, counter));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\nb", "a\\nb")]
    public void Values_of_labels_are_escaped(string value, string expected)
    {
        var text = new StringBuilder();
        PrometheusText.AppendValue(text, value);
        Assert.Equal(expected, text.ToString());
    }
}
