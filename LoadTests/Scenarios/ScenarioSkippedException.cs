namespace Chat4All.LoadTests.Scenarios;

/// <summary>The scenario can't be run as asked; the message says what is missing.</summary>
internal sealed class ScenarioSkippedException(string message) : Exception(message);
