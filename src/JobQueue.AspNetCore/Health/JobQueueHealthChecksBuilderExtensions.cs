using JobQueue.AspNetCore.Health;
using JobQueue.Redis;
using JobQueue.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace JobQueue;

/// <summary>Adds the job queue to a host's health checks.</summary>
public static class JobQueueHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the job queue, which <c>IServiceCollection.AddJobQueue</c> must have registered. It fails when Redis does not answer, or when a loop of this process no
    /// longer turns, whatever Redis answers elsewhere. It is degraded when no worker is alive, when the oldest waiting job has waited too long, and when the server would
    /// lose jobs: it may evict keys, keeps nothing on disk, or can't write there. The description says what is wrong and what to do.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The name of the check. Default: <c>jobqueue</c>.</param>
    /// <param name="failureStatus">What is reported when the check fails. Default: <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to filter checks by. Default: none.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidOperationException">An option is outside its range.</exception>
    public static IHealthChecksBuilder AddJobQueue(
        this IHealthChecksBuilder builder,
        string name = "jobqueue",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        Action<JobQueueHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var options = new JobQueueHealthOptions();
        configure?.Invoke(options);
        options.Validate();
        return builder.Add(new HealthCheckRegistration(name, services => Create(services, options), failureStatus, tags));
    }

    private static JobQueueHealthCheck Create(IServiceProvider services, JobQueueHealthOptions options) => new(
        services.GetRequiredService<RedisCalls>(),
        services.GetRequiredService<IJobMonitor>(),
        services.GetRequiredService<IProcessHealth>(),
        options,
        services.GetRequiredService<TimeProvider>());
}
