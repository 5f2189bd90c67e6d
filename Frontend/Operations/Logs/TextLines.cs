using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Chat4All.Frontend.Operations.Logs;

/// <summary>Lines for a person at a terminal: local time, level, message, where it came from.</summary>
internal sealed class TextLines(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "chat4all-text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var category = logEntry.Category.AsSpan(logEntry.Category.LastIndexOf('.') + 1);
        textWriter.Write(time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
        textWriter.Write(LevelOf(logEntry.LogLevel));
        textWriter.Write(Redaction.Clean(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        textWriter.Write("  [");
        textWriter.Write(category);
        if (Activity.Current is { } activity)
        {
            textWriter.Write(' ');
            textWriter.Write(activity.TraceId.ToHexString());
        }

        textWriter.WriteLine(']');
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(Redaction.Clean(exception.ToString()));
        }
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => " trace ",
        LogLevel.Debug => " debug ",
        LogLevel.Information => " info  ",
        LogLevel.Warning => " WARN  ",
        LogLevel.Error => " ERROR ",
        _ => " FATAL ",
    };
}
