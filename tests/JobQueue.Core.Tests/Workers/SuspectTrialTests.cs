using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

/// <summary>When a pool waits for a suspect, runs it, and gives up.</summary>
public sealed class SuspectTrialTests(TestServer server) : StoreTest(server)
{
    private const int GivenUp = 116;

    private readonly ManualTime _time = new();
    private readonly RecordedLog _log = new();

    [Fact]
    public async Task A_process_that_holds_nothing_runs_a_suspect_at_once_and_ordinary_jobs_after_it()
    {
        var process = new Process(this);
        (await process.NextAsync()).Should().Be(FetchStep.Ordinary);
        process.Trial.Heard(foundJobs: false, suspectWaits: true);
        process.Trial.IsDue.Should().BeTrue("the loop need not wait");

        (await process.NextAsync()).Should().Be(FetchStep.Suspect);
        process.Trial.HeardAlone(foundOne: true, suspectWaits: true, hasMore: false);
        process.IsSettled = false;
        (await process.NextAsync()).Should().Be(FetchStep.Wait);
        process.Trial.HandsBack.Should().BeFalse("that would hand the suspect back");

        process.IsSettled = true;
        (await process.NextAsync()).Should().Be(FetchStep.Suspect, "it took no time, so there is nothing to rest for");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        process.Trial.HeardAlone(foundOne: true, suspectWaits: true, hasMore: false);
        (await process.NextAsync()).Should().Be(FetchStep.Ordinary, "ordinary jobs come first now");
    }

    [Fact]
    public async Task A_busy_process_leaves_a_suspect_to_idle_ones_for_a_while_and_drains_then_if_it_is_its_turn()
    {
        var (one, other) = (new Process(this) { Holds = true }, new Process(this) { Holds = true });
        one.Trial.Heard(foundJobs: true, suspectWaits: true);
        other.Trial.Heard(foundJobs: true, suspectWaits: true);
        (await one.NextAsync()).Should().Be(FetchStep.Ordinary);
        one.Trial.Until(TimeSpan.FromMinutes(1)).Should().Be(SuspectTrial.Patience);

        _time.Advance(SuspectTrial.Patience);
        (await one.NextAsync()).Should().Be(FetchStep.Wait);
        (await other.NextAsync()).Should().Be(FetchStep.Ordinary, "one process of the fleet at a time");
        one.Trial.HandsBack.Should().BeTrue();

        (await one.NextAsync()).Should().Be(FetchStep.Wait, "it still holds something");
        one.Holds = false;
        (await one.NextAsync()).Should().Be(FetchStep.Suspect);
    }

    [Fact]
    public async Task A_drain_ends_at_its_bound_and_the_next_may_take_twice_as_long()
    {
        var process = new Process(this) { Holds = true };
        await process.DrainAsync();
        _time.Advance(SuspectTrial.FirstBound);

        (await process.NextAsync()).Should().Be(FetchStep.Ordinary);
        process.Trial.HandsBack.Should().BeFalse();
        _log.Count(GivenUp).Should().Be(1);
        process.Trial.Bound.Should().Be(SuspectTrial.FirstBound * 2);

        _time.Advance(SuspectTrial.FirstBound - TimeSpan.FromTicks(1));
        (await process.NextAsync()).Should().Be(FetchStep.Ordinary, "it works for as long as it has waited");
        _time.Advance(TimeSpan.FromTicks(1));
        (await process.NextAsync()).Should().Be(FetchStep.Wait);
        _time.Advance(SuspectTrial.FirstBound);
        (await process.NextAsync()).Should().Be(FetchStep.Wait);
        process.Trial.Heard(foundJobs: true, suspectWaits: false);
        process.Trial.Bound.Should().Be(SuspectTrial.FirstBound, "the next suspect begins anew");
    }

    [Fact]
    public async Task A_drain_ends_when_the_turn_is_anothers_or_the_pool_stops()
    {
        var process = new Process(this) { Holds = true };
        await process.DrainAsync();
        await Store.Database.StringSetAsync(Store.Key("turn:suspects"), "another");
        _time.Advance(TimeSpan.FromMilliseconds(500));
        (await process.NextAsync()).Should().Be(FetchStep.Ordinary);

        await Store.Database.KeyDeleteAsync(Store.Key("turn:suspects"));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        (await process.NextAsync()).Should().Be(FetchStep.Wait);
        process.Trial.Stop();
        process.Seat.BeginFetch(static () => 1).Should().Be(1, "the gate is open");
    }

    [Fact]
    public async Task A_list_that_yields_no_suspect_is_tried_more_and_more_rarely_by_a_busy_process()
    {
        var process = new Process(this);
        var rests = new List<TimeSpan>();
        for (var time = 0; time < 3; time++)
        {
            process.Trial.Heard(foundJobs: true, suspectWaits: true);
            (await process.NextAsync()).Should().Be(FetchStep.Suspect);
            process.Trial.HeardAlone(foundOne: false, suspectWaits: false, hasMore: false);
            rests.Add(process.Seat.RestLeft);
            process.Trial.Heard(foundJobs: true, suspectWaits: true);
            (await process.NextAsync()).Should().Be(FetchStep.Ordinary);
            _time.Advance(rests[^1]);
        }

        rests.Should().Equal(SuspectTrial.Patience, SuspectTrial.Patience * 2, SuspectTrial.Patience * 4);
    }

    [Fact]
    public async Task Without_a_slot_to_run_it_no_suspect_is_fetched()
    {
        var process = new Process(this) { HasSlots = false };
        process.Trial.Heard(foundJobs: false, suspectWaits: true);
        _time.Advance(TimeSpan.FromMinutes(1));

        (await process.NextAsync()).Should().Be(FetchStep.Ordinary);
        process.Trial.IsDue.Should().BeFalse();
    }

    private sealed class Process
    {
        public Process(SuspectTrialTests test)
        {
            Seat = new SuspectGate(test._time).Join(() => !Holds, static () => { });
            Trial = new SuspectTrial(Seat, new SuspectTurn(test.Store.Shard, test._time), test._time, test._log.CreateLogger(""));
            Time = test._time;
        }

        public ManualTime Time { get; }

        public SuspectSeat Seat { get; }

        public SuspectTrial Trial { get; }

        public bool Holds { get; set; }

        public bool HasSlots { get; init; } = true;

        public bool IsSettled { get; set; } = true;

        public async Task<FetchStep> NextAsync() => await Trial.NextAsync(HasSlots, () => IsSettled, TestContext.Current.CancellationToken);

        public async Task DrainAsync()
        {
            Trial.Heard(foundJobs: true, suspectWaits: true);
            Time.Advance(SuspectTrial.Patience);
            (await NextAsync()).Should().Be(FetchStep.Wait);
        }
    }
}
