using JobQueue.Workers;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// Where handlers block every thread of a pool that has few, the reply to a beat waits up to a second for a thread that reads it. The next
/// beat used to leave a whole interval after that reply, so that a worker with an interval of 1 s beat every 2 s.
/// </summary>
public sealed class Beats_leave_on_time_although_replies_come_late
{
    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(960, 40)]
    [InlineData(1_000, 0)]
    [InlineData(5_000, 0)]
    public void The_time_that_a_beat_takes_is_part_of_the_interval(int beatMs, int waitMs)
        => Heartbeat.WaitAfter(TimeSpan.FromMilliseconds(beatMs), TimeSpan.FromSeconds(1)).Should().Be(TimeSpan.FromMilliseconds(waitMs));
}
