using System.Net.Sockets;
using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Tells apart what certainly did not happen, what may have happened, and what is a defect.</summary>
internal static class PostgresFailures
{
    /// <summary>For a failure before anything was sent, or of a statement that only reads.</summary>
    public static Exception OfRead(Exception failure) =>
        IsPassing(failure) ? new StoreUnavailableException("PostgreSQL is not available.", failure) : failure;

    /// <summary>For a failure while a writing statement ran.</summary>
    public static Exception OfWrite(Exception failure)
    {
        if (failure is PostgresException { InvariantSeverity: "ERROR" })
        {
            // The server answered and goes on: the transaction is rolled back.
            return OfRead(failure);
        }

        // A session that is ended (57P01) may have committed just before; so may one that never answered.
        return IsPassing(failure) ? new CommitOutcomeUnknownException("The connection to PostgreSQL was lost while writing.", failure) : failure;
    }

    /// <summary>A deadlock or a serialization failure: rolled back, and worth another attempt at once.</summary>
    public static bool IsContention(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>The connection is gone, so that another one may do better.</summary>
    public static bool IsBroken(Exception failure) =>
        failure is NpgsqlException and not PostgresException { InvariantSeverity: "ERROR" } && failure.InnerException is not TimeoutException;

    private static bool IsPassing(Exception failure) => failure switch
    {
        PostgresException server => IsPassing(server.SqlState),
        NpgsqlException or TimeoutException or SocketException or IOException => true,
        _ => false,
    };

    // Connection exceptions, rolled back for contention, out of resources, operator intervention, system error; and two that a failover brings:
    // a server that has become a standby, and one that is still starting.
    private static bool IsPassing(string state) =>
        state[..2] is "08" or "40" or "53" or "57" or "58"
        || state is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.LockNotAvailable;
}
