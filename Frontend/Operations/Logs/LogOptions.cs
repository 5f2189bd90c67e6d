using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Operations.Logs;

/// <summary>How the log looks; levels are under <c>Logging:LogLevel</c> as everywhere in .NET. Section <c>Logs</c>.</summary>
internal sealed record LogOptions : ISettings
{
    public static string Section => "Logs";

    /// <summary><c>json</c>, <c>text</c>, or <c>auto</c>: text on a terminal, JSON otherwise. Default auto. <c>CHAT4ALL_LOG_FORMAT</c>.</summary>
    public string Format { get; init; } = "auto";

    /// <summary>Whether lines are for machines.</summary>
    public bool IsJson => Format == "json" || (Format == "auto" && Console.IsOutputRedirected);

    public IEnumerable<(string Property, string Problem)> Check()
    {
        if (Format is not ("auto" or "json" or "text"))
        {
            yield return (nameof(Format), "(CHAT4ALL_LOG_FORMAT) must be auto, json or text");
        }
    }
}
