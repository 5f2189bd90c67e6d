namespace Chat4All.LoadTests.Load;

/// <summary>Processor time over a while, as shares of one core (2 on two busy cores).</summary>
/// <param name="Client">This process.</param>
/// <param name="Server">The server; null when its process id isn't known.</param>
/// <param name="Machine">Everything that runs, a database server among it; null where the kernel doesn't say.</param>
internal readonly record struct CpuShares(double Client, double? Server, double? Machine);
