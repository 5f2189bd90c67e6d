using Chat4All.Frontend.Hosting;

return await EntryPoint.RunAsync(args);
