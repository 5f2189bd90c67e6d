using Chat4All.Silo;
using Chat4All.Silo.Engines;
using Chat4All.Silo.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

if (EngineSetup.StandAloneRefusal is { } refusal)
{
    await Console.Error.WriteLineAsync(refusal);
    return 1;
}

var builder = Host.CreateApplicationBuilder(args);
builder.AddSilo(new StoreSelection(
    builder.Configuration["Store:Data"] ?? "data",
    builder.Configuration["Store:Postgres"] ?? throw new InvalidOperationException("Store:Postgres is not set: a silo of its own needs a store that others can reach.")));
builder.Services.AddSingleton(FileLinkOptions.Of(builder.Configuration));
await builder.Build().RunAsync();
return 0;
