using Chat4All.Frontend.Hosting;
using Chat4All.Frontend.Operations;

namespace Chat4All.Tests.Operations;

public sealed class IdleTrimTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly Memory _memory = new();
    private readonly IdleTrim _trim;

    public IdleTrimTests() => _trim = new IdleTrim(_memory, new ServerOptions(), TimeProvider.System);

    public void Dispose() => _trim.Dispose();

    [Fact]
    public void After_a_burst_memory_is_given_back_once_it_has_been_quiet_for_three_looks()
    {
        Assert.Equal([false, false, false, true, false, false, false, false], Look(100, 0, 0, 0, 0, 0, 0, 0));
        Assert.Equal([false, false, false, true], Look(100, 0, 1, 0));
        Assert.Equal(2, _memory.Returns);
    }

    [Fact]
    public void Under_load_nothing_is_collected()
    {
        Assert.DoesNotContain(true, Look([.. Enumerable.Repeat(20, 50)]));
        Assert.DoesNotContain(true, Look(0, 0, 20, 0, 0, 20, 0, 0, 20));
    }

    [Fact]
    public void A_trickle_is_worth_a_collection_only_when_it_has_come_to_much()
    {
        Assert.DoesNotContain(true, Look([.. Enumerable.Repeat(1, 31)]));
        Assert.Equal([true, false], Look(1, 1));
    }

    private bool[] Look(params int[] megabytes) => [.. megabytes.Select(allocated =>
    {
        _memory.AllocatedBytes += allocated * Megabyte;
        return _trim.Look();
    })];

    private sealed class Memory : IMemory
    {
        public long AllocatedBytes { get; set; }

        public int Returns { get; private set; }

        public void GiveBack() => Returns++;
    }
}
