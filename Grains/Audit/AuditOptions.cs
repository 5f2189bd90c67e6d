namespace Chat4All.Grains.Audit;

/// <summary>How long it can be looked up what administrators did.</summary>
public sealed record AuditOptions
{
    /// <summary>How long entries of the audit log and replayed dead letters are kept. 1 to 36,500 days, default 90.</summary>
    public int RetentionDays { get; init; } = 90;
}
