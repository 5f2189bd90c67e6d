namespace Chat4All.LoadTests.Reporting;

/// <summary>What a row should reach.</summary>
/// <param name="Metric">One of <see cref="MetricKeys"/>.</param>
/// <param name="AtLeast">True: the value must not be lower; false: not higher.</param>
/// <param name="Value">In the metric's unit.</param>
/// <param name="Text">As a reader should see it.</param>
internal readonly record struct Target(string Metric, bool AtLeast, double Value, string Text)
{
    /// <summary>Pass, or by how much of the target it is missed.</summary>
    public string Judge(double measured)
    {
        var reached = AtLeast ? measured >= Value : measured <= Value;
        if (reached)
        {
            return "pass";
        }

        var percent = Math.Max(1, Math.Round(Math.Abs(measured - Value) / Value * 100));
        return AtLeast ? FormattableString.Invariant($"short by {percent} %") : FormattableString.Invariant($"over by {percent} %");
    }
}
