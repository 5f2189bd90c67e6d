namespace Chat4All.LoadTests.Reporting;

/// <summary>Tells whoever watches how far a scenario is. Safe for concurrent use.</summary>
internal interface IProgress
{
    /// <param name="step">What is being done.</param>
    /// <param name="share">How much of it is done, 0..1.</param>
    void Report(string step, double share);
}
