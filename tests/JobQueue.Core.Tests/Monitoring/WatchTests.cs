using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Monitoring;

namespace JobQueue.Core.Tests.Monitoring;

public sealed class WatchTests(TestServer server) : MonitorTest(server)
{
    [Fact]
    public async Task A_watch_tells_every_change_of_a_jobs_state()
    {
        await using var watch = await WatchAsync();
        await using var host = await TestHost.StartAsync(
            Server,
            static jobs => jobs.AddJobHandler<Numbered>("fails", static (_, _, _) => throw new InvalidOperationException("no"), static o => o.MaxRetries = 1),
            o => o.KeyPrefix = Store.Prefix);

        var id = await Client.Jobs.EnqueueAsync("fails", new Numbered(1));
        await Eventually.HoldsAsync(() => watch.StatesOf(id) is [.., JobState.Dead], "the death is told");
        await Client.Jobs.DeleteAsync(id);
        await Eventually.HoldsAsync(() => watch.StatesOf(id) is [.., null], "the deletion is told");

        watch.StatesOf(id).Should().Equal(
            JobState.Pending, JobState.Running, JobState.Retrying, JobState.Pending, JobState.Running, JobState.Dead, null);
        watch.Events.Should().OnlyContain(static change => change.At > DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task Watchers_of_one_process_share_a_registration_that_ends_with_the_last()
    {
        var first = await WatchAsync();
        var second = await WatchAsync();
        (await Store.Database.SortedSetLengthAsync(Store.Key("listeners"))).Should().Be(1);

        await first.DisposeAsync();
        (await Store.Database.SortedSetLengthAsync(Store.Key("listeners"))).Should().Be(1);
        var id = await Client.Jobs.EnqueueAsync("job", new Numbered(1));
        await Eventually.HoldsAsync(() => second.StatesOf(id).SequenceEqual([JobState.Pending]), "the other watch goes on");
        first.StatesOf(id).Should().BeEmpty();

        await second.DisposeAsync();
        (await Store.Database.KeyExistsAsync(Store.Key("listeners"))).Should().BeFalse();

        await using var third = await WatchAsync();
        var later = await Client.Jobs.EnqueueAsync("job", new Numbered(2));
        await Eventually.HoldsAsync(() => third.StatesOf(later).Count == 1, "a later watch hears too, and once");
        third.Events.Count(change => change.JobIds.Contains(later)).Should().Be(1);
    }

    [Fact]
    public async Task A_cancelled_watch_ends_with_that()
    {
        using var cancel = new CancellationTokenSource();
        var watch = async () =>
        {
            await foreach (var _ in Monitor.WatchAsync(cancel.Token))
            {
                await cancel.CancelAsync();
            }
        };

        await watch.Should().ThrowAsync<OperationCanceledException>();
        (await Store.Database.KeyExistsAsync(Store.Key("listeners"))).Should().BeFalse();
    }

    [Fact]
    public async Task A_registration_that_ended_is_renewed_and_the_gap_is_told()
    {
        var time = new SteppedTime();
        await using var host = await TestHost.StartAsync(
            Server,
            jobs => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(jobs.Services, time),
            o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
        await using var watch = await Watch.BeginAsync(host.Monitor);
        await Store.Database.KeyDeleteAsync(Store.Key("listeners"));

        time.FireTimers(TimeSpan.FromSeconds(10));

        await Eventually.HoldsAsync(() => watch.Events.Count(static change => change.IsGap) == 2, "the gap is told");
        (await Store.Database.SortedSetLengthAsync(Store.Key("listeners"))).Should().Be(1);
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_loses_the_oldest_and_is_told_so()
    {
        var watcher = new EventWatcher();
        for (var i = 0; i < EventWatcher.BufferSize + 5; i++)
        {
            watcher.Add(new JobEvent { At = DateTimeOffset.UnixEpoch.AddMinutes(i), State = JobState.Pending });
        }

        var events = new List<JobEvent>();
        await foreach (var change in watcher.ReadAsync(TestContext.Current.CancellationToken))
        {
            events.Add(change);
            if (events.Count == EventWatcher.BufferSize + 1)
            {
                break;
            }
        }

        events[0].IsGap.Should().BeTrue();
        events[1].At.Should().Be(DateTimeOffset.UnixEpoch.AddMinutes(5));
        events.Skip(1).Should().OnlyContain(static change => !change.IsGap);
    }

    [Fact]
    public void A_message_is_read_and_what_is_unknown_in_it_is_passed_over()
    {
        var (a, b) = (TestJob.IdText("a"), TestJob.IdText("b"));

        EventMessage.Parse($"1700000000000;failed:{a},{b};deleted:{b},x;paused:{a};running:;odd").Should().BeEquivalentTo(
            [
                new JobEvent { At = DateTimeOffset.FromUnixTimeMilliseconds(TestJob.LongAgo), State = JobState.Dead, JobIds = [TestJob.Id("a"), TestJob.Id("b")] },
                new JobEvent { At = DateTimeOffset.FromUnixTimeMilliseconds(TestJob.LongAgo), State = null, JobIds = [TestJob.Id("b")] },
            ]);
        EventMessage.Parse("").Should().BeEmpty();
        EventMessage.Parse($"99999999999999999999;failed:{a}").Should().BeEmpty();
        EventMessage.Parse($"-1;failed:{a}").Should().BeEmpty();
    }

    private Task<Watch> WatchAsync() => Watch.BeginAsync(Monitor);

    /// <summary>A watch that notes what it is told, from its beginning until it is disposed.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly ConcurrentQueue<JobEvent> _events = new();
        private readonly CancellationTokenSource _end = new();
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task _reading = Task.CompletedTask;

        public IReadOnlyCollection<JobEvent> Events => _events;

        public static async Task<Watch> BeginAsync(IJobMonitor monitor)
        {
            var watch = new Watch();
            watch._reading = watch.ReadAsync(monitor);
            await Eventually.EndsAsync(watch._begun.Task);
            return watch;
        }

        public IReadOnlyList<JobState?> StatesOf(JobId id) => [.. _events.Where(change => change.JobIds.Contains(id)).Select(static change => change.State)];

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await Eventually.EndsAsync(_reading);
            _end.Dispose();
        }

        private async Task ReadAsync(IJobMonitor monitor)
        {
            try
            {
                await foreach (var change in monitor.WatchAsync(_end.Token))
                {
                    _events.Enqueue(change);
                    if (change.IsGap)
                    {
                        _begun.TrySetResult();
                    }
                }
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
            }
        }
    }

    /// <summary>The system's clock, whose timers of a given length fire when the test says so.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private readonly ConcurrentQueue<(TimeSpan Due, TimerCallback Callback, object? State)> _timers = new();

        public void FireTimers(TimeSpan due)
        {
            foreach (var timer in _timers)
            {
                if (timer.Due == due)
                {
                    timer.Callback(timer.State);
                }
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Enqueue((dueTime, callback, state));
            return System.CreateTimer(callback, state, dueTime, period);
        }
    }
}
