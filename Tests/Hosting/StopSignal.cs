namespace Chat4All.Tests.Hosting;

/// <summary>What asks a program to end in order; the values are Linux's numbers.</summary>
public enum StopSignal
{
    /// <summary>SIGINT, as a terminal sends it on Ctrl-C.</summary>
    Interrupt = 2,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,
}
