using JobQueue.DeadLetters;

namespace JobQueue.Core.Tests.DeadLetters;

/// <summary>What people read about a job that died without an exception.</summary>
public sealed class DeathReasonTests
{
    private const long At = 1_700_000_000_123;

    [Fact]
    public void Each_reason_says_what_happened_with_its_values_and_the_setting_that_decides()
    {
        DeathReason[] reasons =
        [
            DeathReason.Expired(At, TimeSpan.FromMinutes(5), At + 301_000),
            DeathReason.DeadlinePassed(At),
            DeathReason.DeadlineBeforeRetry(At),
            DeathReason.Discarded("the account is closed"),
            DeathReason.UnknownHandler("wrok", TimeSpan.FromHours(1), "mail, work"),
            DeathReason.TooManyCrashes(3, TimeSpan.FromHours(24)),
        ];

        reasons.Select(static reason => $"{reason.Kind}: {reason.Text}").Should().Equal(
            "expired: It was due at 2023-11-14T22:13:20.123Z, could start for 00:05:00 from then on (ExpiresAfter), and a worker was free at 2023-11-14T22:18:21.123Z.",
            "deadline: Its deadline 2023-11-14T22:13:20.123Z has passed.",
            "deadline: Its next attempt would begin after its deadline 2023-11-14T22:13:20.123Z.",
            "discarded: Discarded by its handler: the account is closed",
            "unknown handler: No live worker has had a handler named 'wrok' for 01:00:00 (UnknownHandlerGrace). Known handlers: mail, work. Deploy a worker that has it, then retry the job.",
            "crashes: The process that ran it has died 3 times within 1.00:00:00 (MaxCrashes, CrashWindow). Find out whether the job kills its process before you retry it.");
    }

    [Fact]
    public void What_differs_between_jobs_does_not_divide_their_group()
        => DeathReason.Expired(1, TimeSpan.FromSeconds(1), 2).Kind.Should().Be(DeathReason.Expired(3, TimeSpan.FromSeconds(9), 99).Kind);
}
