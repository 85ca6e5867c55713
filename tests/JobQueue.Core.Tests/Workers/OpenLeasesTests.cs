using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Workers;

/// <summary>What a pool knows that it holds, by the ids that fetches brought.</summary>
public sealed class OpenLeasesTests
{
    private readonly OpenLeases _open = new();

    [Fact]
    public void A_lease_is_found_by_its_id_and_token_until_its_report_is_answered()
    {
        var lease = NewLease("a", "w");
        _open.Add(lease);

        _open.Contains(TestJob.IdText("a"), TestJob.Token("w")).Should().BeTrue();
        _open.Contains(TestJob.IdText("a"), TestJob.Token("other")).Should().BeFalse();
        _open.Contains(TestJob.IdText("b"), TestJob.Token("w")).Should().BeFalse();

        _open.Remove(lease);
        (_open.IsEmpty, _open.Contains(TestJob.IdText("a"), TestJob.Token("w"))).Should().Be((true, false));
    }

    [Fact]
    public void A_job_that_was_leased_again_before_the_answer_to_its_first_report_stays()
    {
        var (first, second) = (NewLease("a", "w", fetch: 1), NewLease("a", "w", fetch: 2));
        _open.Add(first);
        _open.Add(second);

        _open.Remove(first);

        _open.Contains(TestJob.IdText("a"), TestJob.Token("w", 2)).Should().BeTrue();
        _open.Remove(second);
        _open.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void Leases_under_texts_that_are_no_ids_are_told_apart()
    {
        var (one, other) = (NewLease("x"u8.ToArray()), NewLease("y"u8.ToArray()));
        _open.Add(one);
        _open.Add(other);

        _open.Remove(one);

        (_open.Contains("x", TestJob.Token("w")), _open.Contains("y", TestJob.Token("w"))).Should().Be((false, true));
    }

    [Fact]
    public void Those_of_a_lost_worker_go_together()
    {
        var (lost, next) = (new WorkerIdentity("lost", shard: 0), new WorkerIdentity("next", shard: 0));
        _open.Add(NewLease(TestJob.IdBytes("a"), lost));
        _open.Add(NewLease(TestJob.IdBytes("b"), next));
        _open.Add(NewLease(TestJob.IdBytes("c"), lost));

        _open.RemoveOf(lost);

        _open.Contains(TestJob.IdText("b"), TestJob.Token("next")).Should().BeTrue();
        _open.RemoveOf(next);
        _open.IsEmpty.Should().BeTrue();
    }

    private static Lease NewLease(string name, string worker, long fetch = 1)
        => new(Grant(new WorkerIdentity(worker, shard: 0), fetch), TestJob.DefaultLine, TestJob.IdBytes(name), []);

    private static Lease NewLease(byte[] id, WorkerIdentity? worker = null) => new(Grant(worker ?? new WorkerIdentity("w", shard: 0), fetch: 1), TestJob.DefaultLine, id, []);

    private static LeaseGrant Grant(WorkerIdentity worker, long fetch) => new(worker, TestJob.NoHome, TestJob.Token(worker.Id, fetch), 0, 1, TimeProvider.System);
}
