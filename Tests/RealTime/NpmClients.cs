namespace Chat4All.Tests.RealTime;

/// <summary>The npm clients that <c>./chat4all test</c> installs outside the source tree.</summary>
internal static class NpmClients
{
    /// <summary>Their <c>node_modules</c>; skips the calling test where there are none.</summary>
    public static string Modules
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("CHAT4ALL_TEST_CLIENTS");
            Skip.If(folder is null, "the npm clients are not installed (./chat4all test installs them)");
            return Path.Combine(folder!, "node_modules");
        }
    }
}
