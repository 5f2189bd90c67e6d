using Chat4All.LoadTests.Scenarios;
using Spectre.Console;

namespace Chat4All.LoadTests.CommandLine;

/// <summary>What the program says about itself.</summary>
internal static class Usage
{
    private const string Text = """
        loadtests run [scenario … | baselines | server | all]
          --url URL                 server under test, http only           (http://127.0.0.1:8000)
          --label NAME              what is under test: sqlite, postgres
          --commit COMMIT           of the server                          (this program's)
          --server-pid PID          for its CPU and memory
          --server-command CMD      for the start-up row; {port} and {data} are filled in
          --admin-id ID             who makes users                        (admin)
          --admin-secret SECRET, --admin-secret-file FILE
          --postgres CONNSTRING     for the bare PostgreSQL baseline
          --runs N --warmup S --duration S                                 (3, 5, 10)
          --sockets N               of the idle scenario                   (10,000)
          --idle S                  how long they idle                     (30)
          --sockets-per-user N      the server's limit a user              (10)
          --client-ids              messages carry ids of the client's
          --channel NAME            where messages go                      (chat4all)
          --raw-folder FOLDER       on the disk of the server's files, for the upload rows
          --raw-s3 'URL KEY SECRET' where the server's files lie in S3
          --brokers FILE            takes commands for the event log's brokers (ID down N, ID up N), for the outbox-drain row
          --json FILE --html FILE
        loadtests report --in FILE [--in FILE …] [--html FILE] [--markdown FILE] [--json FILE]
        loadtests baseline-server --port N
        loadtests list [scenario … | baselines | server | all]

        The server must run with CHAT4ALL_RATE_LIMIT=off and have the demo users.
        """;

    public static void Print(IAnsiConsole console) => console.WriteLine(Text);

    /// <exception cref="UsageException">There is no scenario or group of a name.</exception>
    public static void PrintScenarios(IAnsiConsole console, IReadOnlyList<string> names)
    {
        foreach (var scenario in ScenarioList.Select(names))
        {
            console.WriteLine($"{scenario.Name,-18} {scenario.Description}");
        }
    }
}
