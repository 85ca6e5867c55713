using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using JobQueue.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// A worker took its next suspect when the handler of the last had returned, while that one's outcome was still on its way. When the next
/// killed the process at once, both stood under the worker's name, both were counted, and a job that had done its work was dead.
/// </summary>
public sealed class A_suspect_is_held_until_its_outcome_is_stored(TestServer server) : StoreTest(server)
{
    private static readonly PoolSettings ServesAll = new("default", 1, 0, [], [], Weights: null);

    private readonly QueueLimits _limits = new([]);
    private readonly OpenLeases _open = new();
    private readonly SuspectGate _gate = new(TimeProvider.System);
    private readonly WorkerIdentity _worker = new("w", shard: 0);
    private LeaseHome? _home;

    [Fact]
    public void The_next_suspect_may_be_leased_when_the_report_of_the_last_was_answered()
    {
        using var settler = NewSettler();
        var stock = NewStock(settler);
        var seat = _gate.Join(() => _open.IsEmpty && stock.Held == 0, static () => { });
        var wakes = 0;
        stock.Freed = makesRoom => wakes += makesRoom ? 1 : 0;
        var lease = Lease(stock, "a");

        stock.End(lease);
        (seat.CanBeAlone(), wakes).Should().Be((false, 0), "its outcome is not stored yet");

        _open.Remove(lease);
        (seat.CanBeAlone(), wakes).Should().Be((true, 1), "the loop that left a suspect behind looks again");
    }

    [Fact]
    public void A_report_that_is_answered_after_its_worker_was_lost_does_not_let_a_second_suspect_in()
    {
        using var settler = NewSettler();
        var stock = NewStock(settler);
        var seat = _gate.Join(() => _open.IsEmpty, static () => { });
        var lost = Lease(stock, "a");
        _open.RemoveOf(_worker);
        seat.CanBeAlone().Should().BeTrue("the leases of a lost worker are others'");
        Lease(stock, "b");

        _open.Remove(lost);

        seat.CanBeAlone().Should().BeFalse("the second is held");
    }

    private Settler NewSettler() => new(Store.Shard, _open, 100, new CompletedCount(), RecordedMetrics.Unheard, TimeProvider.System, NullLogger.Instance);

    private LeaseStock NewStock(Settler settler)
    {
        _home = new(_open, settler, new AttemptStores(Store.Shard, new JobQueueOptions(), TimeProvider.System, NullLogger.Instance));
        var stock = new LeaseStock(_limits, new CancelRequests(TimeProvider.System));
        _open.SuspectClosed = stock.OnSuspectClosed;
        return stock;
    }

    private Lease Lease(LeaseStock stock, string job)
    {
        var reservation = _limits.Reserve(ServesAll);
        var reply = new FetchReply(
            ScriptStatus.Applied, Now: 1, [TestJob.IdBytes(job)], [TestJob.Record(job)], [new LeasedRun("suspect|mail", 1)], HasMore: false, SuspectWaits: false, Waits: false);
        stock.Add(new LeaseGrant(_worker, _home!, TestJob.Token("w"), 0, 1, TimeProvider.System), reply, reservation);
        _limits.Return(reservation);
        return stock.Queue.Take()!;
    }
}
