namespace Chat4All.Frontend.Hosting;

/// <summary>What the process does with its arguments.</summary>
internal static class EntryPoint
{
    private const int Ok = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;

    /// <summary>Runs the server until it is told to stop, or a sub-command. Answers the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var commandLine = CommandLine.Parse(args);
            switch (commandLine.Words)
            {
                case []:
                    await using (var app = ChatHost.Build(commandLine))
                    {
                        await app.RunAsync();
                    }

                    return Ok;
                case ["help", ..]:
                    await Console.Out.WriteLineAsync(CommandLine.Usage);
                    return Ok;
                default:
                    await Console.Error.WriteLineAsync($"'{string.Join(' ', commandLine.Words)}' is not a command.{Environment.NewLine}{CommandLine.Usage}");
                    return WrongUse;
            }
        }
        catch (SettingsException wrong)
        {
            await Console.Error.WriteLineAsync($"Chat4All cannot start:{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", wrong.Problems)}");
            return WrongUse;
        }
        catch (IOException failed)
        {
            // An address in use, a folder that cannot be written.
            await Console.Error.WriteLineAsync($"Chat4All cannot run: {failed.Message}");
            return Failed;
        }
    }
}
