namespace Chat4All.Tests.Hosting;

/// <summary>An empty folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>Full path; no other test has it.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("chat4all-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
