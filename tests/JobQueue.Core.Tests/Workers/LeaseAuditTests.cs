using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace JobQueue.Core.Tests.Workers;

/// <summary>
/// A cluster whose master was split from the other nodes: its clients were sent to the next master without the end of any connection, and that one had not heard of
/// the end of a job. The job stood leased to a worker that had forgotten it, for as long as that lived.
/// </summary>
public sealed class LeaseAuditTests(TestServer server) : StoreTest(server)
{
    private readonly ManualTime _time = new();
    private readonly WorkerIdentity _worker = new("w", shard: 0);

    [Fact]
    public async Task A_lease_that_the_worker_does_not_know_of_is_handed_back_although_no_connection_has_broken()
    {
        await Store.SeedAsync(static seed => seed.Worker("w").Running("a"));
        var audit = NewAudit();
        audit.IsDue.Should().BeFalse("it has just begun");

        _time.Advance(TimeSpan.FromSeconds(31));

        audit.IsDue.Should().BeTrue();
        await audit.RunAsync(_worker);
        audit.IsDue.Should().BeFalse();
        (await Store.Database.HashExistsAsync(Store.Key("running"), TestJob.IdText("a"))).Should().BeFalse();
        (await Store.Database.ListRangeAsync(Store.Key("queue:default:normal"))).Should().Equal(TestJob.IdText("a"));
    }

    [Fact]
    public void A_break_makes_it_due_at_once()
    {
        var audit = NewAudit();

        Store.Shard.CountBreak();

        audit.IsDue.Should().BeTrue();
    }

    private LeaseAudit NewAudit() => new(
        Store.Shard, new OpenLeases(), new Undertaker(Store.Shard, RecordedMetrics.Unheard, new JobQueueOptions(), NullLogger.Instance), _time, NullLogger.Instance);
}
