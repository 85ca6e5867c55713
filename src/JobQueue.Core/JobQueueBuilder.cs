using Microsoft.Extensions.DependencyInjection;

namespace JobQueue;

/// <summary>Adds handlers and features to the job queue that <c>AddJobQueue</c> registered.</summary>
/// <remarks>Not thread-safe: used while services are being registered.</remarks>
public sealed class JobQueueBuilder
{
    internal JobQueueBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Adds a pool of workers to this process, beside the host's own, which then leaves the pool's queues alone unless it names
    /// them in <see cref="JobQueueOptions.Queues"/>. It runs unless <see cref="JobQueueOptions.RunWorkers"/> is off.
    /// </summary>
    /// <param name="name">Tells the pools of a process apart: 1 to 50 letters, digits, dots, hyphens or underscores.</param>
    /// <param name="configure">Sets the pool's queues and slots; checked when the host starts.</param>
    /// <returns>The builder.</returns>
    public JobQueueBuilder AddWorkers(string name, Action<WorkerPoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        Services.Configure<JobQueueOptions>(options =>
        {
            var pool = new WorkerPoolOptions();
            configure(pool);
            options.Pools.Add(new KeyValuePair<string, WorkerPoolOptions>(name, pool));
        });
        return this;
    }
}
