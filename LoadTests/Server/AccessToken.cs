namespace Chat4All.LoadTests.Server;

/// <summary>A JWT and how long it is valid.</summary>
internal readonly record struct AccessToken(string Value, TimeSpan ValidFor);
