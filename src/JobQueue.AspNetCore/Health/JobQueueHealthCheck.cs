using JobQueue.Redis;
using JobQueue.Workers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace JobQueue.AspNetCore.Health;

/// <summary>The check: the loops of this process first, which can be looked at while Redis is away, then the server and the backlog.</summary>
internal sealed class JobQueueHealthCheck(RedisCalls calls, IJobMonitor monitor, IProcessHealth process, JobQueueHealthOptions options, TimeProvider time) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new HealthFindings();
        try
        {
            var server = await ServerState.ReadWorstAsync(calls, time, cancellationToken).ConfigureAwait(false);
            findings.Data["redis_connected"] = true;
            ServerCheck.Look(server, options, findings);
            await BacklogCheck.LookAsync(monitor, server.Now, options.MaxPendingAge, findings, cancellationToken).ConfigureAwait(false);
        }
        catch (JobQueueException e)
        {
            findings.Data.TryAdd("redis_connected", false);
            findings.Fail(e.Message, e);
        }

        LoopCheck.Look(process, options.MaxLoopAge, findings);
        return findings.ToResult(context.Registration.FailureStatus);
    }
}
