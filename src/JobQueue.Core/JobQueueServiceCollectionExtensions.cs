using System.Diagnostics.CodeAnalysis;
using JobQueue.DeadLetters;
using JobQueue.Diagnostics;
using JobQueue.Enqueueing;
using JobQueue.Handlers;
using JobQueue.Monitoring;
using JobQueue.Redis;
using JobQueue.Retries;
using JobQueue.Scheduling;
using JobQueue.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace JobQueue;

/// <summary>Registers the job queue with a host's services.</summary>
public static class JobQueueServiceCollectionExtensions
{
    /// <summary>
    /// Adds the job queue: <see cref="IJobQueue"/>, <see cref="IDeadLetterQueue"/>, <see cref="IJobScheduler"/> and <see cref="IJobMonitor"/> as
    /// singletons, and a hosted service that runs jobs unless <see cref="JobQueueOptions.RunWorkers"/> is off. Options come
    /// from the configuration section <c>JobQueue</c>, then from <paramref name="configure"/>; they are checked when the
    /// host starts.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code.</param>
    /// <returns>A builder that adds handlers.</returns>
    public static JobQueueBuilder AddJobQueue(this IServiceCollection services, Action<JobQueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<JobQueueOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<JobQueueOptions>, BindFromConfiguration>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JobQueueOptions>, JobQueueOptionsValidator>());
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JobQueueOptions>, SerializerSetup>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<JobQueueMetrics>();
        services.TryAddSingleton<RedisConnection>();
        services.TryAddSingleton<RedisCalls>();
        services.TryAddSingleton<HandlerRegistry>();
        services.TryAddSingleton<HandlerPipeline>();
        services.TryAddSingleton<ResiliencePipelines>();
        services.TryAddSingleton<JobPreparer>();
        services.TryAddSingleton<JobSender>();
        services.TryAddSingleton<EnqueuePipeline>();
        services.TryAddSingleton<JobReader>();
        services.TryAddSingleton<JobControl>();
        services.TryAddSingleton<ResultWaiter>();
        services.TryAddSingleton<Enqueuer>();
        services.TryAddSingleton<TurnsByShard>();
        services.TryAddSingleton<WorkerPools>();
        services.TryAddSingleton<RecurringOwner>();
        services.TryAddSingleton<RecurringJobFactory>();
        services.TryAddSingleton<SchedulerHost>();
        services.TryAddSingleton<IProcessHealth, ProcessHealth>();
        services.TryAddSingleton<IJobQueue, JobQueueClient>();
        services.TryAddSingleton<IDeadLetterQueue, DeadLetterQueue>();
        services.TryAddSingleton<IJobScheduler, JobScheduler>();
        services.TryAddSingleton<IJobMonitor, JobMonitor>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, JobQueueHost>());
        return new JobQueueBuilder(services);
    }

    /// <summary>Binds the section if the host has a configuration; a bare service collection may have none.</summary>
    private sealed class BindFromConfiguration(IServiceProvider services) : IConfigureOptions<JobQueueOptions>
    {
        // The binder's own generator fails on SerializerOptions and can't be told to leave it out.
        [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(JobQueueOptions))]
        [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(JobRetention))]
        [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(RetryBackoff))]
        [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors, typeof(PriorityWeights))]
        [DynamicDependency(DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.PublicProperties, typeof(IDictionary<string, int>))]
        [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "What can be set in a configuration is kept by the attributes above.")]
        [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The collections among the options are instantiated by their own initialisers.")]
        public void Configure(JobQueueOptions options)
            => services.GetService<IConfiguration>()?.GetSection(JobQueueOptions.SectionName).Bind(options);
    }
}
