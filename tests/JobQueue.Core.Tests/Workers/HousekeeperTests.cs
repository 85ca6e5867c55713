using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace JobQueue.Core.Tests.Workers;

public sealed class HousekeeperTests(TestServer server) : StoreTest(server)
{
    private readonly CompletedCount _completed = new();

    [Fact]
    public async Task A_burst_of_completed_jobs_is_looked_after_at_once()
    {
        var time = new StoppedClock();
        var options = new JobQueueOptions();
        options.Retention.CompletedCount = 1;
        await Store.SeedAsync(static seed => seed.Finished(TerminalStatus.Completed, "a").Finished(TerminalStatus.Completed, "b"));
        using var housekeeper = new Housekeeper(new Turns(Store.Shard, time), Store.Shard, static () => 1, _completed, options, time, NullLogger.Instance);
        housekeeper.Start();
        await OneIsKeptAsync("the first pass is made at once");
        await Store.SeedAsync(static seed => seed.Finished(TerminalStatus.Completed, "c"));

        _completed.Add(999);
        _completed.Add(1);

        await OneIsKeptAsync("the burst is told, and nothing else wakes it");
        await housekeeper.StopAsync();
    }

    private Task OneIsKeptAsync(string because)
        => Eventually.HoldsAsync(async () => await Store.Database.ListLengthAsync(Store.Key("completed")) == 1, because);

    [Theory]
    [InlineData(999, 0)]
    [InlineData(1_000, 1)]
    [InlineData(2_500, 1)]
    public void A_count_tells_when_a_step_is_reached(int jobs, int told)
    {
        var calls = 0;
        _completed.OnEach(1_000, () => calls++);

        _completed.Add(jobs);
        _completed.Add(0);

        calls.Should().Be(told);
    }

    /// <summary>No time passes, and no timer fires.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                // Nothing is held.
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
