using Orleans;

namespace Chat4All.LoadTests.Engine;

/// <summary>Adds up numbers.</summary>
public interface IBenchmarkCounterGrain : IGrainWithStringKey
{
    /// <summary>Adds one and tells the sum.</summary>
    Task<long> AddAsync(long number);
}

/// <summary>Has no state.</summary>
public interface IBenchmarkIdleGrain : IGrainWithStringKey
{
    /// <summary>Only activates it.</summary>
    Task TouchAsync();
}

internal sealed class BenchmarkCounterGrain : Grain, IBenchmarkCounterGrain
{
    private long _sum;

    public Task<long> AddAsync(long number) => Task.FromResult(_sum += number);
}

internal sealed class BenchmarkIdleGrain : Grain, IBenchmarkIdleGrain
{
    public Task TouchAsync() => Task.CompletedTask;
}
