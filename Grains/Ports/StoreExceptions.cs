namespace Chat4All.Grains.Ports;

/// <summary>The store could not be reached or refused for a passing reason, and nothing was written.</summary>
public sealed class StoreUnavailableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The connection was lost while committing: the transaction may have been written or not. Whoever needs to know looks, under the conversation row's lock.</summary>
public sealed class CommitOutcomeUnknownException(string message, Exception? cause = null) : Exception(message, cause);
