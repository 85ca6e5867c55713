using JobQueue.Core.Tests.Jobs;
using JobQueue.DeadLetters;

namespace JobQueue.Core.Tests.DeadLetters;

public sealed class NewRoundTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public void A_deadline_that_has_passed_is_dropped_and_one_ahead_is_kept(long untilDeadline, bool isDropped)
    {
        var record = SampleRecord.Full();
        var now = record.Deadline!.Value - untilDeadline;

        NewRound.Begin(record, now);

        record.Deadline.Should().Be(isDropped ? null : now + untilDeadline);
        record.RequeuedAt.Should().Be(now);
        record.Status.Should().BeNull();
    }
}
