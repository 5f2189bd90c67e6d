namespace Chat4All.LoadTests.CommandLine;

/// <summary>The command line can't be understood; the message says what to change.</summary>
internal sealed class UsageException(string message) : Exception(message);
