using System.Globalization;

namespace Chat4All.LoadTests.Server;

/// <param name="Accepted">Messages answered with 202.</param>
/// <param name="Unknown">Messages without an answer.</param>
/// <param name="Stored">Growth of the conversations' <c>last_seq</c>.</param>
internal readonly record struct LedgerResult(long Accepted, long Unknown, long Stored)
{
    public bool Agrees => Stored >= Accepted && Stored <= Accepted + Unknown;

    public override string ToString() => Agrees
        ? string.Create(CultureInfo.InvariantCulture, $"{Stored} stored = accepted{Late}")
        : string.Create(CultureInfo.InvariantCulture, $"MISMATCH: {Accepted} accepted, {Unknown} unanswered, {Stored} stored");

    private string Late => Unknown == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" + {Stored - Accepted} of {Unknown} unanswered");
}
