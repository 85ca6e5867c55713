using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace JobQueue.Core.Tests.Workers;

public sealed class HousekeeperTests(TestServer server) : StoreTest(server)
{
    private readonly CompletedCount _completed = new();

    [Fact]
    public async Task A_burst_of_completed_jobs_is_looked_after_before_a_rest_is_over()
    {
        var time = new StandingClock();
        var options = new JobQueueOptions();
        options.Retention.CompletedCount = 1;
        await Store.SeedAsync(static seed => seed.Finished(TerminalStatus.Completed, "a").Finished(TerminalStatus.Completed, "b"));
        using var housekeeper = new Housekeeper(new Turns(Store.Shard, time), Store.Shard, static () => 1, _completed, options, time, NullLogger.Instance);
        housekeeper.Start();
        await OneIsKeptAsync("the first pass is made at once");
        await Store.SeedAsync(static seed => seed.Finished(TerminalStatus.Completed, "c"));

        _completed.Add(1_000);

        await OneIsKeptAsync("by its clock no rest is over");
        await housekeeper.StopAsync();
    }

    private Task OneIsKeptAsync(string because)
        => Eventually.HoldsAsync(async () => await Store.Database.ListLengthAsync(Store.Key("completed")) == 1, because);

    /// <summary>No time passes between two looks at it; timers go on.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
