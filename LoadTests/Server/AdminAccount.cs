namespace Chat4All.LoadTests.Server;

/// <summary>Who may make users.</summary>
internal sealed record AdminAccount(string Id, string Secret);
