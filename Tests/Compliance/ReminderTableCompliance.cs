using Chat4All.Tests.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every store of reminders must do.</summary>
public abstract class ReminderTableCompliance(StoreFixture fixture, Action<IServiceCollection> add)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(90);

    [SkippableFact]
    public async Task A_reminder_outlives_the_process()
    {
        var entry = Entry();
        string tag;
        await using (var first = Process())
        {
            tag = (await Table(first).UpsertRow(entry))!;
        }

        await using var second = Process();
        var found = await Table(second).ReadRow(entry.GrainId, entry.ReminderName);

        Assert.Equal((entry.GrainId, entry.ReminderName, entry.StartAt, Period, tag), (found!.GrainId, found.ReminderName, found.StartAt, found.Period, found.ETag));
        Assert.Equal(DateTimeKind.Utc, found.StartAt.Kind);
    }

    [SkippableFact]
    public async Task The_same_name_again_takes_the_place_of_the_first()
    {
        await using var process = Process();
        var entry = Entry();
        var first = await Table(process).UpsertRow(entry);
        entry.Period = 2 * Period;

        var second = await Table(process).UpsertRow(entry);

        Assert.NotEqual(first, second);
        var row = Assert.Single((await Table(process).ReadRows(entry.GrainId)).Reminders);
        Assert.Equal((2 * Period, second), (row.Period, row.ETag));
    }

    [SkippableFact]
    public async Task A_reminder_is_removed_only_as_it_is_known()
    {
        await using var process = Process();
        var entry = Entry();
        var tag = await Table(process).UpsertRow(entry);

        Assert.False(await Table(process).RemoveRow(entry.GrainId, entry.ReminderName, "another"));
        Assert.NotNull(await Table(process).ReadRow(entry.GrainId, entry.ReminderName));
        Assert.True(await Table(process).RemoveRow(entry.GrainId, entry.ReminderName, tag!));
        Assert.Null(await Table(process).ReadRow(entry.GrainId, entry.ReminderName));
        Assert.False(await Table(process).RemoveRow(entry.GrainId, entry.ReminderName, tag!));
    }

    [SkippableFact]
    public async Task A_grains_reminders_are_its_own_and_the_whole_ring_has_all()
    {
        await using var process = Process();
        var (one, other) = (Entry(), Entry());
        var second = Entry();
        second.GrainId = one.GrainId;
        foreach (var entry in new[] { one, other, second })
        {
            await Table(process).UpsertRow(entry);
        }

        var own = (await Table(process).ReadRows(one.GrainId)).Reminders;
        var all = (await Table(process).ReadRows(0, 0)).Reminders;

        Assert.Equal(new[] { one.ReminderName, second.ReminderName }.Order(), own.Select(row => row.ReminderName).Order());
        Assert.Superset(new[] { one, other, second }.Select(row => row.ReminderName).ToHashSet(), all.Select(row => row.ReminderName).ToHashSet());
    }

    private static ReminderEntry Entry() =>
        new() { GrainId = GrainId.Create("user", NewId("user")), ReminderName = NewId("reminder"), StartAt = Start.UtcDateTime.AddMicroseconds(123), Period = Period };

    private static IReminderTable Table(ServiceProvider process) => process.GetRequiredService<IReminderTable>();

    private ServiceProvider Process()
    {
        fixture.Require();
        return fixture.Build(add);
    }
}
