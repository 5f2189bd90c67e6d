namespace Chat4All.LoadTests.Server;

/// <summary>A conversation of a scenario; its owner is the one who sends.</summary>
internal readonly record struct Conversation(string Id, string Owner, IReadOnlyList<string> Members);
