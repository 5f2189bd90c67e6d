using System.Diagnostics;
using Chat4All.Frontend.Operations.Logs;
using OpenTelemetry;

namespace Chat4All.Frontend.Operations.Traces;

/// <summary>Takes query strings and tokens out of spans, whoever put them there.</summary>
internal sealed class SpanRedaction : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        foreach (ref readonly var tag in data.EnumerateTagObjects())
        {
            if (tag.Key == "url.query")
            {
                data.SetTag(tag.Key, null);
            }
            else if (tag.Value is string text && Redaction.Clean(text) is var clean && !ReferenceEquals(text, clean))
            {
                data.SetTag(tag.Key, clean);
            }
        }
    }
}
