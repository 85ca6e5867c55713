using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

/// <summary>How the fetch loops of a pool share its room.</summary>
public sealed class FetchRoomTests
{
    private const int Slots = 10;

    private static readonly PoolSettings ServesAll = new("default", Slots, 0, [], [], Weights: null);

    private readonly QueueLimits _limits = new([]);
    private readonly LeaseStock _stock;
    private readonly FetchRoom _room;

    public FetchRoomTests()
    {
        _stock = new LeaseStock(_limits, new CancelRequests(TimeProvider.System));
        _room = new FetchRoom(_stock);
        _stock.Freed = _room.OnFreed;
    }

    [Fact]
    public void One_loop_alone_takes_all_the_room_there_is()
    {
        var loop = new Loop(_room);

        Take(loop).Should().Be(Slots);
        loop.Return();
        Take(loop, most: 4).Should().Be(4);
    }

    [Fact]
    public void What_a_fetch_on_its_way_may_bring_is_not_given_twice_and_half_is_left_to_others()
    {
        var loops = Enumerable.Range(0, 5).Select(_ => new Loop(_room)).ToList();

        loops.ConvertAll(static loop => Take(loop)).Should().Equal([5, 3, 1, 1, 0], "half of what is left, each");
        loops[0].Return();
        loops[4].Wakes.Should().Be(1, "room came back");
        Take(loops[4]).Should().Be(3);
    }

    [Fact]
    public void Room_goes_to_the_loop_that_has_waited_longest()
    {
        var (one, other, third) = (new Loop(_room), new Loop(_room), new Loop(_room));
        Lease(Slots);
        (Take(other), Take(third), Take(one)).Should().Be((0, 0, 0));

        End(3);

        (other.Wakes, third.Wakes, one.Wakes).Should().Be((3, 0, 0));
        (Take(one), Take(third), Take(other)).Should().Be((0, 0, 2));
        third.Wakes.Should().Be(1, "one is left");
        (Take(one), Take(third)).Should().Be((0, 1));
    }

    [Fact]
    public void A_loop_that_has_failed_does_not_hold_the_line_up()
    {
        var (one, other, third) = (new Loop(_room), new Loop(_room), new Loop(_room));
        Lease(Slots);
        (Take(other), Take(third)).Should().Be((0, 0));

        _room.Leave(other.Seat);
        End(Slots);

        third.Wakes.Should().BePositive();
        other.Wakes.Should().BeLessThanOrEqualTo(1, "only when nothing is held any more");
        Take(third).Should().Be(Slots / 2);
        Take(one).Should().Be(3);
    }

    [Fact]
    public void Room_that_is_returned_twice_counts_once()
    {
        var (one, other) = (new Loop(_room), new Loop(_room));
        Take(one).Should().Be(5);
        one.Return();
        one.Return();

        (Take(other), Take(one)).Should().Be((5, 3));
    }

    private static int Take(Loop loop, int most = 500) => loop.Take(most);

    private void Lease(int count)
    {
        var reply = new FetchReply(
            ScriptStatus.Applied,
            Now: 1,
            [.. Enumerable.Range(0, count).Select(static number => TestJob.IdBytes($"{number:0000}"))],
            [.. Enumerable.Repeat(Array.Empty<byte>(), count)],
            [new LeasedRun(TestJob.DefaultLine, count)],
            HasMore: false,
            SuspectWaits: false, Waits: false);
        _stock.Add(new LeaseGrant(new WorkerIdentity("w", shard: 0), TestJob.NoHome, TestJob.Token("w"), 0, 1, TimeProvider.System), reply, _limits.Reserve(ServesAll));
    }

    private void End(int count)
    {
        for (; count > 0; count--)
        {
            _stock.End(_stock.Queue.Take()!);
        }
    }

    private sealed class Loop
    {
        private readonly FetchRoom _room;
        private RoomTaken? _taken;

        public Loop(FetchRoom room)
        {
            _room = room;
            Seat = room.Join(() => Wakes++, static () => { });
        }

        public FetchSeat Seat { get; }

        public int Wakes { get; private set; }

        public int Take(int most)
        {
            var taken = _room.Take(Seat, Slots, ahead: default, most);
            _taken = taken ?? _taken;
            return taken?.Jobs ?? 0;
        }

        public void Return() => _room.Return(_taken!);
    }
}
