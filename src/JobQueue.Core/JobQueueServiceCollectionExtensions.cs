using Microsoft.Extensions.DependencyInjection;

namespace JobQueue;

/// <summary>Registers the job queue with a host's services.</summary>
public static class JobQueueServiceCollectionExtensions
{
    /// <summary>Adds the job queue.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code; runs after the configuration section is bound.</param>
    /// <returns>A builder that adds handlers.</returns>
    public static JobQueueBuilder AddJobQueue(this IServiceCollection services, Action<JobQueueOptions>? configure = null)
    {
        if (configure is not null)
        {
            services.Configure(configure);
        }

        return new JobQueueBuilder(services);
    }
}
