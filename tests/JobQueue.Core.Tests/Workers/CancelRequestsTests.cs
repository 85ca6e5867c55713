using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

public sealed class CancelRequestsTests
{
    private readonly ManualClock _clock = new();
    private readonly List<string> _stopped = [];
    private readonly CancelRequests _requests;

    public CancelRequestsTests() => _requests = new CancelRequests(_clock) { StopRunning = _stopped.Add };

    [Fact]
    public void A_request_stops_what_runs_and_is_kept_for_what_has_not_begun()
    {
        _requests.Add("a");

        _stopped.Should().Equal("a");
        _requests.Contains("a", since: 0).Should().BeTrue();
        _requests.Contains("b", since: 0).Should().BeFalse();
    }

    [Fact]
    public void A_request_is_noted_before_what_runs_is_looked_at()
    {
        var seen = false;
        _requests.StopRunning = id => seen = _requests.Contains(id, since: 0);

        _requests.Add("a");

        seen.Should().BeTrue();
    }

    [Fact]
    public void A_request_that_was_heard_before_a_lease_was_asked_for_was_for_an_earlier_one()
    {
        _requests.Add("a");
        _clock.Advance(TimeSpan.FromTicks(1));
        var asked = _clock.GetTimestamp();

        _requests.Contains("a", asked).Should().BeFalse();
        _requests.Add("a");
        _requests.Contains("a", asked).Should().BeTrue();
    }

    [Fact]
    public void A_job_that_is_not_this_workers_any_more_is_forgotten()
    {
        _requests.Add("a");
        _requests.Add("b");

        _requests.Forget("a");
        _requests.Forget("never heard of");

        _requests.Contains("a", since: 0).Should().BeFalse();
        _requests.Contains("b", since: 0).Should().BeTrue();
        _requests.Forget("b");
        _requests.Contains("b", since: 0).Should().BeFalse();
    }

    [Fact]
    public void A_request_for_a_job_that_never_came_is_forgotten_after_a_minute()
    {
        _requests.Add("old");
        _clock.Advance(TimeSpan.FromSeconds(40));
        _requests.Add("young");
        _requests.Prune();
        _requests.Contains("old", since: 0).Should().BeTrue();

        _clock.Advance(TimeSpan.FromSeconds(21));
        _requests.Prune();

        _requests.Contains("old", since: 0).Should().BeFalse();
        _requests.Contains("young", since: 0).Should().BeTrue();
    }

    [Fact]
    public void A_repeated_request_is_kept_from_the_last_time_on()
    {
        _requests.Add("a");
        _clock.Advance(TimeSpan.FromSeconds(40));
        _requests.Add("a");
        _clock.Advance(TimeSpan.FromSeconds(40));

        _requests.Prune();

        _requests.Contains("a", since: 0).Should().BeTrue();
        _stopped.Should().Equal("a", "a");
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
