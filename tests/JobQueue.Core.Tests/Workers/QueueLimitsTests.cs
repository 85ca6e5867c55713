using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

public sealed class QueueLimitsTests
{
    private static readonly PoolSettings ServesAll = new("default", 1, 0, [], [], Weights: null);

    [Fact]
    public void A_fetch_reserves_what_is_free_and_gives_back_what_it_did_not_get()
    {
        var limits = Limited();
        var first = limits.Reserve(ServesAll);
        limits.Use(first, "normal|video", 1);
        limits.Reserve(ServesAll).Room.Should().Be("video=0", "the first fetch has reserved it all");

        limits.Return(first);

        limits.Reserve(ServesAll).Room.Should().Be("video=1");
    }

    [Fact]
    public void An_ended_lease_makes_room_again()
    {
        var limits = Limited();
        var all = limits.Reserve(ServesAll);
        limits.Use(all, "normal|video", 2);
        limits.Return(all);

        limits.Ended(Lease("normal|mail")).Should().BeFalse();
        limits.Ended(Lease("normal|video")).Should().BeTrue();

        limits.Reserve(ServesAll).Room.Should().Be("video=1");
    }

    [Fact]
    public void A_pool_reserves_nothing_of_queues_that_it_does_not_serve()
    {
        var limits = Limited();

        limits.Reserve(ServesAll with { Queues = ["mail"] }).Room.Should().BeEmpty();
        limits.Reserve(ServesAll with { Excluded = ["video"] }).Room.Should().Be("video=0");

        limits.Reserve(ServesAll with { Queues = ["video"] }).Room.Should().Be("video=2");
    }

    [Fact]
    public void A_reservation_that_is_given_back_twice_counts_once()
    {
        var limits = Limited();
        var reservation = limits.Reserve(ServesAll);
        limits.Return(reservation);
        var next = limits.Reserve(ServesAll);

        limits.Return(reservation);

        next.Room.Should().Be("video=2");
        limits.Reserve(ServesAll).Room.Should().Be("video=0");
    }

    private static QueueLimits Limited() => new([new("video", 2)]);

    private static Lease Lease(string line)
        => new(new LeaseGrant(new WorkerIdentity("w", shard: 0), TestJob.NoHome, "w|1|1", 0, 1, TimeProvider.System), line, TestJob.IdBytes("a"), []);
}
