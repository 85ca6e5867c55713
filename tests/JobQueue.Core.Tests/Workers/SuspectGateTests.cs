using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

/// <summary>What the pools of a process may do while one of them waits for, or runs, a suspect.</summary>
public sealed class SuspectGateTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();
    private readonly SuspectGate _gate;
    private readonly Pool _one;
    private readonly Pool _other;

    public SuspectGateTests()
    {
        _gate = new SuspectGate(_time);
        (_one, _other) = (new Pool(_gate), new Pool(_gate));
    }

    [Fact]
    public void Nobody_begins_a_fetch_while_a_pool_drains_or_is_alone()
    {
        _one.Fetches().Should().BeTrue();

        _one.Seat.TryDrain().Should().BeTrue();
        (_one.Fetches(), _other.Fetches(), _other.Seat.IsShut).Should().Be((false, false, true));
        _other.Wakes.Should().Be(1, "it has jobs to hand back that have not started");

        _one.Seat.TryBeAlone().Should().BeTrue();
        (_one.Fetches(), _other.Fetches(), _other.Seat.TryDrain(), _other.Seat.TryBeAlone()).Should().Be((false, false, false, false));

        _one.Seat.Open();
        (_one.Fetches(), _other.Fetches()).Should().Be((true, true));
        _other.Wakes.Should().Be(2, "it may fetch again");
    }

    [Fact]
    public void A_pool_is_alone_only_when_no_pool_of_the_process_holds_anything()
    {
        _other.Holds = true;
        _one.Seat.TryBeAlone().Should().BeFalse("what the other holds would be counted with the suspect");
        _one.Seat.TryDrain().Should().BeTrue();
        _one.Seat.TryBeAlone().Should().BeFalse();

        _other.Holds = false;
        _one.Seat.TryBeAlone().Should().BeTrue();
        _one.Seat.TryBeAlone().Should().BeFalse("one suspect at a time");
    }

    [Fact]
    public void After_a_drain_and_a_suspect_the_process_rests_for_as_long_as_both_took()
    {
        _one.Seat.TryDrain();
        _time.Advance(Second);
        _one.Seat.TryBeAlone();
        _time.Advance(2 * Second);
        _one.Seat.Open();

        _gate.RestLeft.Should().Be(3 * Second);
        (_one.Seat.TryBeAlone(), _other.Seat.TryBeAlone(), _other.Seat.TryDrain()).Should().Be((false, false, false));
        _time.Advance(3 * Second);
        _other.Seat.TryBeAlone().Should().BeTrue();
    }

    [Fact]
    public void A_process_that_finds_no_ordinary_jobs_has_nothing_to_rest_for_once_all_its_pools_have_looked()
    {
        (_one.Seat.FoundNothing, _other.Seat.FoundNothing) = (true, true);
        _one.Seat.TryBeAlone();
        _time.Advance(Second);
        _one.Seat.Open();

        _one.Seat.FoundNothing.Should().BeFalse("jobs may have come while the suspect ran");
        _one.Seat.FoundNothing = true;
        _one.Seat.TryBeAlone().Should().BeFalse("the other pool has not looked");

        _other.Seat.FoundNothing = true;
        _one.Seat.TryBeAlone().Should().BeTrue();
    }

    [Fact]
    public void Only_who_has_closed_the_gate_opens_it()
    {
        _one.Seat.TryDrain();

        _other.Seat.Open();

        _one.Seat.IsDraining.Should().BeTrue();
    }

    private sealed class Pool
    {
        private long _fetches;

        public Pool(SuspectGate gate) => Seat = gate.Join(() => !Holds, () => Wakes++);

        public SuspectSeat Seat { get; }

        public bool Holds { get; set; }

        public int Wakes { get; private set; }

        public bool Fetches() => Seat.BeginFetch(() => ++_fetches) is not null;
    }
}
