using Chat4All.Frontend.Hosting.Commands;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Options;

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
                    return await CommandHost.RunAsync(commandLine, CancellationToken.None);
            }
        }
        catch (SettingsException wrong)
        {
            return await RefuseAsync(wrong.Problems);
        }
        catch (OptionsValidationException wrong)
        {
            return await RefuseAsync(wrong.Failures);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or StoreUnavailableException or InvalidOperationException or ArgumentException)
        {
            // An address in use, a folder that cannot be written, a store that is down or has its writer already.
            await Console.Error.WriteLineAsync($"Chat4All cannot run: {failed.Message}");
            return Failed;
        }
    }

    private static async Task<int> RefuseAsync(IEnumerable<string> problems)
    {
        await Console.Error.WriteLineAsync($"Chat4All cannot start:{Environment.NewLine}  {string.Join($"{Environment.NewLine}  ", problems)}");
        return WrongUse;
    }
}
