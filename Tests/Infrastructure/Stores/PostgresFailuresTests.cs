using System.Net.Sockets;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Postgres;
using Npgsql;

namespace Chat4All.Tests.Infrastructure.Stores;

/// <summary>What PostgreSQL's errors mean, by its appendix A: the severity says whether the session goes on, the class what was wrong.</summary>
public sealed class PostgresFailuresTests
{
    [Theory]
    [InlineData("40001")] // serialization_failure
    [InlineData("40P01")] // deadlock_detected
    public void What_lost_against_another_transaction_is_rolled_back_and_worth_another_attempt(string state)
    {
        var failure = Error(state);

        Assert.True(PostgresFailures.IsContention(failure));
        Assert.IsType<StoreUnavailableException>(PostgresFailures.OfWrite(failure));
    }

    [Theory]
    [InlineData("55P03")] // lock_not_available
    [InlineData("57014")] // query_canceled, by statement_timeout among others
    [InlineData("23505")] // unique_violation
    [InlineData("40003")] // statement_completion_unknown
    public void Nothing_else_is_contention(string state) => Assert.False(PostgresFailures.IsContention(Error(state)));

    [Fact]
    public void A_session_that_a_standby_ended_for_contention_is_not_written_with_again_unseen()
    {
        var failure = Error("40001", "FATAL"); // terminating connection due to conflict with recovery

        Assert.False(PostgresFailures.IsContention(failure));
        Assert.IsType<CommitOutcomeUnknownException>(PostgresFailures.OfWrite(failure));
    }

    [Theory]
    [InlineData("08007")] // transaction_resolution_unknown
    [InlineData("40003")] // statement_completion_unknown
    public void What_says_that_its_outcome_is_unknown_is_believed(string state)
    {
        var failure = Error(state);

        Assert.Same(failure, Assert.IsType<CommitOutcomeUnknownException>(PostgresFailures.OfWrite(failure)).InnerException);
        Assert.IsType<StoreUnavailableException>(PostgresFailures.OfRead(failure));
    }

    [Theory]
    [InlineData("53100")] // disk_full
    [InlineData("53200")] // out_of_memory
    [InlineData("53300")] // too_many_connections
    [InlineData("55P03")]
    [InlineData("57014")]
    [InlineData("58030")] // io_error
    [InlineData("25006")] // read_only_sql_transaction, of a server that has become a standby
    public void A_statement_that_a_server_in_trouble_refused_has_not_happened(string state)
    {
        var failure = Error(state);

        Assert.Same(failure, Assert.IsType<StoreUnavailableException>(PostgresFailures.OfWrite(failure)).InnerException);
        Assert.False(PostgresFailures.IsBroken(failure));
    }

    [Theory]
    [InlineData("23505")]
    [InlineData("22P02")] // invalid_text_representation
    [InlineData("42601")] // syntax_error
    [InlineData("42P01")] // undefined_table
    [InlineData("42501")] // insufficient_privilege
    [InlineData("XX000")] // internal_error, of a statement that the session survived
    public void What_the_statement_itself_got_wrong_is_a_defect(string state)
    {
        var failure = Error(state);

        Assert.Same(failure, PostgresFailures.OfWrite(failure));
        Assert.Same(failure, PostgresFailures.OfRead(failure));
        Assert.False(PostgresFailures.IsBroken(failure));
    }

    [Theory]
    [InlineData("57P01")] // admin_shutdown
    [InlineData("57P02")] // crash_shutdown
    [InlineData("57P05")] // idle_session_timeout
    [InlineData("25P03")] // idle_in_transaction_session_timeout
    [InlineData("25P04")] // transaction_timeout
    [InlineData("XX000")] // internal_error
    [InlineData("XX000", "PANIC")]
    public void A_session_that_is_ended_may_have_committed_before(string state, string severity = "FATAL")
    {
        var failure = Error(state, severity);

        Assert.Same(failure, Assert.IsType<CommitOutcomeUnknownException>(PostgresFailures.OfWrite(failure)).InnerException);
        Assert.IsType<StoreUnavailableException>(PostgresFailures.OfRead(failure));
        Assert.True(PostgresFailures.IsBroken(failure));
    }

    [Theory]
    [InlineData("53300")]
    [InlineData("57P03")] // cannot_connect_now: it starts, stops or recovers
    public void A_server_that_takes_no_connection_is_unavailable(string state) =>
        Assert.IsType<StoreUnavailableException>(PostgresFailures.OfRead(Error(state, "FATAL")));

    [Theory]
    [InlineData("28P01")] // invalid_password
    [InlineData("3D000")] // invalid_catalog_name
    public void A_server_that_does_not_know_us_is_a_matter_of_settings(string state)
    {
        var failure = Error(state, "FATAL");

        Assert.Same(failure, PostgresFailures.OfRead(failure));
    }

    [Fact]
    public void A_connection_that_broke_during_a_commit_leaves_its_outcome_unknown()
    {
        var failure = new NpgsqlException("Exception while reading from stream", new IOException("broken", new SocketException((int)SocketError.ConnectionReset)));

        Assert.IsType<CommitOutcomeUnknownException>(PostgresFailures.OfWrite(failure));
        Assert.IsType<StoreUnavailableException>(PostgresFailures.OfRead(failure));
        Assert.True(PostgresFailures.IsBroken(failure));
    }

    [Fact]
    public void An_answer_that_did_not_come_in_time_leaves_the_outcome_unknown_and_another_connection_would_do_no_better()
    {
        var failure = new NpgsqlException("Exception while reading from stream", new TimeoutException());

        Assert.IsType<CommitOutcomeUnknownException>(PostgresFailures.OfWrite(failure));
        Assert.False(PostgresFailures.IsBroken(failure));
    }

    [Fact]
    public void What_is_no_failure_of_the_servers_stays_as_it_is()
    {
        var failure = new InvalidOperationException("a defect");

        Assert.Same(failure, PostgresFailures.OfWrite(failure));
        Assert.Same(failure, PostgresFailures.OfRead(failure));
        Assert.False(PostgresFailures.IsContention(failure));
        Assert.False(PostgresFailures.IsBroken(failure));
    }

    private static PostgresException Error(string state, string severity = "ERROR") => new("it failed", severity, severity, state);
}
