using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Quickstart;

/// <summary>The reader's shell: the printed commands speak to <c>localhost:8000</c>, and curl's own settings file leads that to the server under test.</summary>
internal sealed class QuickstartShell : IDisposable
{
    private readonly Shell _shell = new();
    private readonly Uri _server;

    public QuickstartShell(HubServer server)
    {
        _server = server.BaseUrl;
        File.WriteAllText(Path.Combine(_shell.Folder, ".curlrc"), $"silent\nshow-error\nconnect-to = \"localhost:8000:{_server.Host}:{_server.Port}\"\n");
        _shell.Variables["CURL_HOME"] = _shell.Folder;
    }

    /// <summary>What the reader exported: <c>ACCESS_TOKEN</c>, <c>REFRESH_TOKEN</c>.</summary>
    public Dictionary<string, string> Variables => _shell.Variables;

    /// <summary>Steps 7.1: gets tokens and exports them as printed.</summary>
    public async Task<JsonElement> ObtainTokensAsync()
    {
        var answer = await CurlAsync(PrintedSteps.Block("7.1", "bash"));
        var access = answer.GetProperty("access_token").GetString()!;
        var refresh = answer.GetProperty("refresh_token").GetString()!;
        var exports = PrintedSteps.Block("7.1", "bash", 1, ("eyJhbGc...", access), ("d3f8a9b2...", refresh));
        Assert.Equal($"{access}\n{refresh}\n", await _shell.RunAsync(exports + "printenv ACCESS_TOKEN REFRESH_TOKEN"));
        Variables["ACCESS_TOKEN"] = access;
        Variables["REFRESH_TOKEN"] = refresh;
        return answer;
    }

    /// <summary>Runs a printed curl command.</summary>
    /// <returns>The JSON that it printed.</returns>
    public async Task<JsonElement> CurlAsync(string command) => JsonSerializer.Deserialize<JsonElement>(await _shell.RunAsync(command));

    /// <summary>Runs any other command.</summary>
    public Task<string> RunAsync(string command) => _shell.RunAsync(command);

    /// <summary>Saves Step 8.1's script and runs it as printed, with Debian's Python as <c>python</c>.</summary>
    public ChildProcess StartSocketScript(ProcessOutput output)
    {
        // The script names its address itself; the port is all that differs from the printed one.
        var script = PrintedSteps.Block("8.1", "python", 0, ("localhost:8000", $"localhost:{_server.Port}"));
        File.WriteAllText(Path.Combine(_shell.Folder, "test_websocket.py"), script);
        var programs = Directory.CreateDirectory(Path.Combine(_shell.Folder, "bin")).FullName;
        if (!File.Exists(Path.Combine(programs, "python")))
        {
            File.CreateSymbolicLink(Path.Combine(programs, "python"), "/usr/bin/python3");
        }

        _shell.Variables["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        _shell.Variables["PYTHONUNBUFFERED"] = "1";
        return _shell.Start("exec " + PrintedSteps.Block("8.1", "bash", 1), output);
    }

    public void Dispose() => _shell.Dispose();
}
