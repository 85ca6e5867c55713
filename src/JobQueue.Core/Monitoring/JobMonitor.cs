using JobQueue.Monitoring.Verification;
using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>The <see cref="IJobMonitor"/> of a host.</summary>
internal sealed class JobMonitor(RedisCalls calls) : IJobMonitor
{
    public async Task<JobCounts> GetCountsAsync(CancellationToken cancellationToken = default)
    {
        var reply = await calls.RunAsync(
            "counts",
            static (shard, _, token) => CountsScript.RunAsync(shard, token),
            state: 0,
            cancellationToken).ConfigureAwait(false);
        return new JobCounts(
            reply.Pending,
            reply.Scheduled,
            reply.Running,
            reply.Retrying,
            reply.Dead,
            reply.LiveWorkers,
            reply.Totals.GetValueOrDefault("enqueued"),
            reply.Totals.GetValueOrDefault("completed"),
            reply.Totals.GetValueOrDefault("failed"),
            reply.Totals.GetValueOrDefault("retried"));
    }

    public Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken = default) => new Verifier(calls).RunAsync(cancellationToken);
}
