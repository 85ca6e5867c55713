using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Scheduling;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// All occurrences that a recurring job made up for went in one call, whatever their number and the size of their arguments: a thousand with
/// arguments of a megabyte would have been a call that no server takes, and it would have been tried for ever.
/// </summary>
public sealed class A_catch_up_of_many_or_large_jobs_takes_several_calls(TestServer server) : StoreTest(server)
{
    private const int Large = 400 * 1024;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(10, 1_000, 500)]
    [InlineData(Large, 7, 2)]
    [InlineData(2_000_000, 3, 1)]
    public void Each_call_takes_what_has_room_and_leaves_the_rest_due(int args, int missed, int room)
    {
        var definition = RecurringDefinition.From(
            "work", "", JobSchedule.Every(Hour), new byte[args], new RecurringJobOptions { Misfire = MisfirePolicy.CatchUp, MaxCatchUp = missed });
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);
        var fired = new List<DateTimeOffset>();
        for (var due = now - (Hour * (missed - 1)); due <= now;)
        {
            var fire = RecurringPlan.Fire(definition, definition.Timetable!.Value, due.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
            fire.Fire.Should().HaveCount(Math.Min(room, missed - fired.Count));
            fire.Latest.Should().Be(fire.Fire[^1]);
            fired.AddRange(fire.Fire);
            due = fire.Next!.Value;
        }

        fired.Should().Equal(Enumerable.Range(0, missed).Select(number => now - (Hour * (missed - 1 - number))));
    }

    [Fact]
    public async Task Every_occurrence_runs_once()
    {
        var occurrences = new ConcurrentQueue<DateTimeOffset>();
        await using var host = await TestHost.StartAsync(
            Server,
            builder => builder.AddJobHandler<string>("note", (_, job, _) =>
            {
                occurrences.Enqueue(job.Occurrence!.Value);
                return Task.CompletedTask;
            }),
            options => options.KeyPrefix = Store.Prefix);
        var registered = await host.Scheduler.RegisterAsync("large", "note", JobSchedule.Every(Hour), new string('x', Large), static options => options.Misfire = MisfirePolicy.CatchUp);

        var first = registered.NextRunAt!.Value - (Hour * 7);
        await Store.Database.SortedSetAddAsync(Store.Key("recurring:due"), "large", first.ToUnixTimeMilliseconds());

        await Eventually.HoldsAsync(() => occurrences.Count >= 7, "all that were missed run");
        await Eventually.HoldsAsync(async () => await host.Monitor.GetCountsAsync() is { Pending: 0, Running: 0 }, "what has fired has run");
        occurrences.Order().Should().Equal(Enumerable.Range(0, 7).Select(number => first + (Hour * number)));
        (await host.Scheduler.GetAsync("large"))!.Should().Match<RecurringJob>(it => it.RunCount == 7 && it.NextRunAt == registered.NextRunAt);
        await host.VerifyAsync();
    }
}
