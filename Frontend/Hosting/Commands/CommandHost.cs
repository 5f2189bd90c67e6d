using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Silo;

namespace Chat4All.Frontend.Hosting.Commands;

/// <summary>Runs a sub-command against the store alone, beside a server or without one.</summary>
internal static class CommandHost
{
    private const int Ok = 0;
    private const int Failed = 1;
    private const int WrongUse = 2;

    /// <summary>Runs what the command line names. Answers the exit code.</summary>
    public static async Task<int> RunAsync(CommandLine commandLine, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationManager();
        configuration.AddChatSources(commandLine);
        await using var services = BuildServices(configuration);
        Task? command = commandLine.Words switch
        {
            ["user", "add", var id] => services.GetRequiredService<UserCommands>().AddAsync(id, configuration["Command:Name"], configuration["Command:Scopes"], cancellationToken),
            ["user", "list"] => services.GetRequiredService<UserCommands>().ListAsync(cancellationToken),
            ["user", "disable", var id] => services.GetRequiredService<UserCommands>().DisableAsync(id, cancellationToken),
            ["backup", var file] => services.GetRequiredService<StoreCommands>().BackupAsync(file, cancellationToken),
            ["restore", var file] => services.GetRequiredService<StoreCommands>().RestoreAsync(file, cancellationToken),
            _ => null,
        };
        if (command is null)
        {
            await Console.Error.WriteLineAsync($"'{string.Join(' ', commandLine.Words)}' is not a command.{Environment.NewLine}{CommandLine.Usage}");
            return WrongUse;
        }

        return await ReportAsync(command);
    }

    private static async Task<int> ReportAsync(Task command)
    {
        try
        {
            await command;
            return Ok;
        }
        catch (Exception refused) when (refused is ChatException or StoreUnavailableException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return Failed;
        }
    }

    private static ServiceProvider BuildServices(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        var settings = new SettingsBinding(configuration, services);
        var store = settings.Add<StoreOptions>();
        settings.Add<AuthOptions>();
        settings.ThrowIfInvalid();
        return services
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSecrets()
            .AddStore(new StoreSelection(store.Data, store.Postgres))
            .AddSingleton<UserCommands>()
            .AddSingleton<StoreCommands>()
            .BuildServiceProvider();
    }
}
