using System.Net.Sockets;
using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Tells apart what certainly did not happen, what may have happened, and what is a defect.</summary>
internal static class PostgresFailures
{
    // The others are FATAL and PANIC: the session is gone, and with PANIC every other one.
    private const string Error = "ERROR";

    private const string TransactionResolutionUnknown = "08007";
    private const string StatementCompletionUnknown = "40003";
    private const string IdleInTransactionSessionTimeout = "25P03";
    private const string TransactionTimeout = "25P04";

    /// <summary>For a failure before anything was sent, or of a statement that only reads.</summary>
    public static Exception OfRead(Exception failure) =>
        IsPassing(failure) ? new StoreUnavailableException("PostgreSQL is not available.", failure) : failure;

    /// <summary>For a failure while a writing statement ran.</summary>
    public static Exception OfWrite(Exception failure) => failure switch
    {
        // These say of themselves that nobody knows; a proxy or a coordinator in front of the server sends them.
        PostgresException { SqlState: StatementCompletionUnknown or TransactionResolutionUnknown } => Unknown(failure),

        // The server answered and goes on: the transaction is rolled back.
        PostgresException { InvariantSeverity: Error } => OfRead(failure),

        // A session that is ended, for whatever reason (57P01, 25P03, XX000 …), may have committed just before; so may one that never answered.
        PostgresException => Unknown(failure),
        _ => IsPassing(failure) ? Unknown(failure) : failure,
    };

    /// <summary>A deadlock or a serialization failure: rolled back, and worth another attempt at once.</summary>
    public static bool IsContention(Exception failure) =>
        failure is PostgresException { InvariantSeverity: Error, SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>The connection is gone, so that another one may do better.</summary>
    public static bool IsBroken(Exception failure) =>
        failure is NpgsqlException and not PostgresException { InvariantSeverity: Error } && failure.InnerException is not TimeoutException;

    private static bool IsPassing(Exception failure) => failure switch
    {
        PostgresException server => IsPassing(server.SqlState) || (server.InvariantSeverity != Error && EndsSession(server.SqlState)),
        NpgsqlException or TimeoutException or SocketException or IOException => true,
        _ => false,
    };

    // Connection exceptions, rolled back for contention, out of resources, operator intervention, system error; and two that a failover brings:
    // a server that has become a standby, and one that is still starting.
    private static bool IsPassing(string state) =>
        state[..2] is "08" or "40" or "53" or "57" or "58"
        || state is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.LockNotAvailable;

    // Ended in the middle by one of the server's timeouts or by its own defect: another session may do better. Not so at log-in, where the settings are to blame.
    private static bool EndsSession(string state) =>
        state is IdleInTransactionSessionTimeout or TransactionTimeout || state.StartsWith("XX", StringComparison.Ordinal);

    private static CommitOutcomeUnknownException Unknown(Exception failure) => new("PostgreSQL did not say what became of a write.", failure);
}
