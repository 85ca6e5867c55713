using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

/// <summary>How a lease is stopped: from any thread, at any time.</summary>
public sealed class LeaseTests
{
    [Fact]
    public void A_handler_that_begins_after_its_lease_was_stopped_is_stopped_at_once()
    {
        var lease = NewLease();
        var asked = 0;
        lease.StopRequested = _ => asked++;
        using var running = new CancellationTokenSource();

        lease.Stop(StopReason.Cancelled);
        lease.Began(running);

        running.IsCancellationRequested.Should().BeTrue();
        (asked, lease.StopReason).Should().Be((1, StopReason.Cancelled));
    }

    [Fact]
    public void The_first_reason_stands_except_that_a_lost_lease_comes_before_every_other()
    {
        var lease = NewLease();
        var asked = 0;
        lease.StopRequested = _ => asked++;

        lease.Stop(StopReason.Timeout);
        lease.Stop(StopReason.Shutdown);
        lease.StopReason.Should().Be(StopReason.Timeout);

        lease.Stop(StopReason.LeaseLost);
        lease.Stop(StopReason.Shutdown);
        (asked, lease.StopReason).Should().Be((1, StopReason.LeaseLost));
    }

    [Fact]
    public async Task A_stop_beside_the_begin_of_the_handler_is_seen_by_one_of_the_two()
    {
        const int Rounds = 20_000;
        var (sources, leases) = (new CancellationTokenSource[Rounds], new Lease[Rounds]);
        for (var round = 0; round < Rounds; round++)
        {
            (sources[round], leases[round]) = (new CancellationTokenSource(), NewLease());
        }

        using var together = new Barrier(2);
        await Task.WhenAll(
            Task.Run(() => ForEach(round => leases[round].Began(sources[round]))),
            Task.Run(() => ForEach(round => leases[round].Stop(StopReason.Cancelled))));

        sources.Should().OnlyContain(static source => source.IsCancellationRequested);
        Array.ForEach(sources, static source => source.Dispose());

        void ForEach(Action<int> step)
        {
            for (var round = 0; round < Rounds; round++)
            {
                if (round % 100 == 0)
                {
                    together.SignalAndWait(TestContext.Current.CancellationToken);
                }

                step(round);
            }
        }
    }

    [Fact]
    public void A_lease_is_claimed_ended_and_closed_once()
    {
        var lease = NewLease();

        (lease.TryClaim(), lease.TryEnd(), lease.TryClose()).Should().Be((true, true, true));
        (lease.TryClaim(), lease.TryEnd(), lease.TryClose()).Should().Be((false, false, false));
    }

    [Theory]
    [InlineData("suspect|default", true)]
    [InlineData("normal|default", false)]
    public void The_line_says_whether_it_is_a_suspects(string line, bool isSuspect) => NewLease(line).IsSuspect.Should().Be(isSuspect);

    private static Lease NewLease(string line = TestJob.DefaultLine)
        => new(new LeaseGrant(new WorkerIdentity("w", shard: 0), TestJob.NoHome, TestJob.Token("w"), 0, 1, TimeProvider.System), line, TestJob.IdBytes("a"), []);
}
