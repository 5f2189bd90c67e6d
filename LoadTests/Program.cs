using System.Net.Sockets;
using Chat4All.LoadTests.Baseline;
using Chat4All.LoadTests.CommandLine;
using Spectre.Console;

var console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
{
    // A log file is as wide as its longest line, and has no colours.
    console.Profile.Width = 240;
    console.Profile.Capabilities.Ansi = false;
    console.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    switch (args)
    {
        case ["run", .. var rest]:
            return await new RunCommand(RunOptions.Parse(rest), console).RunAsync(stop.Token);
        case ["report", .. var rest]:
            return await ReportCommand.RunAsync(rest, console, stop.Token);
        case ["baseline-server", .. var rest]:
            return await BaselineServer.RunAsync(rest);
        case ["list", .. var names]:
            Usage.PrintScenarios(console, names);
            return 0;
        default:
            Usage.Print(console);
            return args is ["help"] or ["--help"] ? 0 : 2;
    }
}
catch (UsageException e)
{
    console.WriteLine(e.Message);
    return 2;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
catch (Exception e) when (e is IOException or SocketException)
{
    console.WriteLine(e.Message);
    return 1;
}
