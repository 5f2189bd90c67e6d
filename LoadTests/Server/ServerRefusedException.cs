namespace Chat4All.LoadTests.Server;

/// <summary>The server answered a call that prepares or verifies a scenario with something else than the contract says.</summary>
internal sealed class ServerRefusedException(string message) : Exception(message);
