using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

/// <summary>One timer asks the attempts of a slot to stop.</summary>
public sealed class AttemptClockTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly OneTimer _time = new();

    [Fact]
    public void An_attempt_that_takes_too_long_is_asked_to_stop_at_its_limit_and_not_before()
    {
        using var clock = new AttemptClock(_time);
        var lease = NewLease();
        clock.Begin(lease, Minute, StopReason.Deadline);

        _time.Advance(Minute - TimeSpan.FromMilliseconds(1));
        lease.StopReason.Should().Be(StopReason.None);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        lease.StopReason.Should().Be(StopReason.Deadline);
    }

    [Fact]
    public void The_timer_is_set_once_for_attempts_that_end_in_time()
    {
        using var clock = new AttemptClock(_time);
        for (var i = 0; i < 50; i++)
        {
            clock.Begin(NewLease(), Minute, StopReason.Timeout);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            clock.End();
        }

        _time.Sets.Should().Be(1);
    }

    [Fact]
    public void A_timer_that_was_set_for_an_earlier_attempt_goes_on_for_the_rest_of_the_one_that_runs()
    {
        using var clock = new AttemptClock(_time);
        clock.Begin(NewLease(), Minute, StopReason.Timeout);
        _time.Advance(Minute / 2);
        clock.End();
        var second = NewLease();
        clock.Begin(second, Minute, StopReason.Timeout);

        _time.Advance(Minute / 2);
        second.StopReason.Should().Be(StopReason.None, "it has half of its time left");
        _time.Advance(Minute / 2);

        second.StopReason.Should().Be(StopReason.Timeout);
    }

    [Fact]
    public void An_attempt_with_less_time_than_the_one_before_is_asked_in_its_time()
    {
        using var clock = new AttemptClock(_time);
        clock.Begin(NewLease(), Minute, StopReason.Timeout);
        clock.End();
        var second = NewLease();
        clock.Begin(second, TimeSpan.FromSeconds(1), StopReason.Timeout);

        _time.Advance(TimeSpan.FromSeconds(1));

        second.StopReason.Should().Be(StopReason.Timeout);
    }

    [Fact]
    public void An_attempt_that_has_ended_is_left_alone_and_the_next_one_is_watched()
    {
        using var clock = new AttemptClock(_time);
        var first = NewLease();
        clock.Begin(first, Minute, StopReason.Timeout);
        clock.End();
        _time.Advance(Minute * 2);
        first.StopReason.Should().Be(StopReason.None);

        var second = NewLease();
        clock.Begin(second, Minute, StopReason.Timeout);
        _time.Advance(Minute);

        second.StopReason.Should().Be(StopReason.Timeout);
    }

    private Lease NewLease()
        => new(new LeaseGrant(new WorkerIdentity("w", shard: 0), TestJob.NoHome, LeaseToken.Format("w", 1, 1), 0, 1, _time), TestJob.DefaultLine, TestJob.IdBytes("a"), []);

    /// <summary>A clock that is moved by hand, with one timer that fires when it is passed.</summary>
    private sealed class OneTimer : TimeProvider
    {
        private TimerCallback? _fire;
        private object? _state;
        private long _now;
        private long? _due;

        public int Sets { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_fire, _state) = (callback, state);
            return new Handle(this);
        }

        public void Advance(TimeSpan by)
        {
            var end = _now + by.Ticks;
            while (_due <= end)
            {
                _now = _due.Value;
                _due = null;
                _fire!(_state);
            }

            _now = end;
        }

        private sealed class Handle(OneTimer time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                time.Sets++;
                time._due = time._now + dueTime.Ticks;
                return true;
            }

            public void Dispose() => time._due = null;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
