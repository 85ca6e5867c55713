using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using JobQueue.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace JobQueue.Core.Tests.Workers;

public sealed class LeaseStockTests(TestServer server) : StoreTest(server)
{
    private static readonly PoolSettings ServesAll = new("default", 1, 0, [], [], Weights: null);

    private readonly ManualTime _time = new();
    private readonly QueueLimits _limits = new([]);
    private readonly WorkerIdentity _worker = new("w", shard: 0);
    private LeaseHome? _home;

    [Fact]
    public void What_belongs_to_a_paused_queue_goes_back_and_the_rest_keeps_its_order()
    {
        using var settler = NewSettler();
        var stock = NewStock(settler);
        Add(stock, ("normal|mail", 2), ("high|video", 1), ("normal|mail", 1), ("normal|video", 1));
        stock.Pause("mail");

        stock.HandBackWaiting();

        settler.Waiting.Should().Be(3);
        stock.Held.Should().Be(2);
        stock.Queue.Take()!.Line.Should().Be("high|video");
        stock.Queue.Take()!.Line.Should().Be("normal|video");
        stock.Queue.Take().Should().BeNull();
    }

    [Fact]
    public void What_has_waited_too_long_goes_back_and_nothing_is_kept_ahead_until_a_job_has_ended()
    {
        using var settler = NewSettler();
        var stock = NewStock(settler);
        Add(stock, ("normal|mail", 2));
        var running = stock.Queue.Take()!;
        stock.UntilStale(TimeSpan.FromSeconds(1)).Should().Be(LeaseStock.StaleAfter);
        stock.HandBackWaiting();
        settler.Waiting.Should().Be(0);

        _time.Advance(LeaseStock.StaleAfter + TimeSpan.FromMilliseconds(1));
        stock.HandBackWaiting();

        settler.Waiting.Should().Be(1);
        (stock.Held, stock.HandedBack, stock.KeepsNothingAhead).Should().Be((1, 1, true));
        stock.End(running);
        (stock.Held, stock.KeepsNothingAhead).Should().Be((0, false));
    }

    [Fact]
    public void While_the_report_buffer_is_full_a_job_waits_here_and_nothing_spins()
    {
        using var settler = NewSettler(bufferSize: 1);
        var stock = NewStock(settler);
        Add(stock, ("normal|mail", 3));
        _time.Advance(TimeSpan.FromMinutes(1));

        stock.HandBackWaiting();

        settler.Waiting.Should().Be(1);
        stock.Held.Should().Be(2);
        stock.UntilStale(TimeSpan.FromSeconds(1)).Should().Be(TimeSpan.FromSeconds(1), "another look before that would find the buffer as full");
        stock.Queue.Take().Should().NotBeNull("a slot may still start it");
    }

    [Fact]
    public void Leases_of_a_lost_worker_are_dropped_without_a_report()
    {
        using var settler = NewSettler();
        var stock = NewStock(settler);
        Add(stock, ("normal|mail", 2));
        _worker.DeclareLost();

        stock.HandBackAll();

        (stock.Held, settler.Waiting).Should().Be((0, 0));
    }

    [Fact]
    public void The_end_of_a_lease_tells_whether_it_makes_room_for_what_was_left_behind()
    {
        using var settler = NewSettler();
        var stock = NewStock(settler);
        var told = new List<bool>();
        stock.Freed = told.Add;
        Add(stock, ("suspect|mail", 1), ("normal|mail", 1));
        stock.OnSuspectClosed();

        while (stock.Queue.Take() is { } lease)
        {
            stock.End(lease);
            stock.End(lease);
        }

        told.Should().Equal(true, false, false);
    }

    private Settler NewSettler(int bufferSize = 100) => new(Store.Shard, new OpenLeases(), bufferSize, new CompletedCount(), RecordedMetrics.Unheard, _time, NullLogger.Instance);

    private LeaseStock NewStock(Settler settler)
    {
        _home = new(new OpenLeases(), settler, new AttemptStores(Store.Shard, new JobQueueOptions(), _time, NullLogger.Instance));
        return new LeaseStock(_limits, new CancelRequests(_time));
    }

    private void Add(LeaseStock stock, params (string Line, int Count)[] runs)
    {
        var count = runs.Sum(static run => run.Count);
        var reply = new FetchReply(
            ScriptStatus.Applied,
            Now: 1,
            [.. Enumerable.Range(0, count).Select(static number => TestJob.IdBytes($"{number:0000}"))],
            [.. Enumerable.Repeat(Array.Empty<byte>(), count)],
            [.. runs.Select(static run => new LeasedRun(run.Line, run.Count))],
            HasMore: false,
            SuspectWaits: false, Waits: false);
        stock.Add(new LeaseGrant(_worker, _home!, LeaseToken.Format(_worker.Id, 1, 1), _time.GetTimestamp(), 1, _time), reply, _limits.Reserve(ServesAll));
    }
}
