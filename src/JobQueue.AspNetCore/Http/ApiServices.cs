using JobQueue.AspNetCore.Operations;
using JobQueue.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JobQueue.AspNetCore.Http;

/// <summary>What the views work with. Safe to use from any thread.</summary>
internal sealed class ApiServices(IServiceProvider services, JobQueueApiOptions options)
{
    public IJobQueue Jobs { get; } = services.GetRequiredService<IJobQueue>();

    public IDeadLetterQueue DeadLetters { get; } = services.GetRequiredService<IDeadLetterQueue>();

    public IJobScheduler Scheduler { get; } = services.GetRequiredService<IJobScheduler>();

    public IJobMonitor Monitor { get; } = services.GetRequiredService<IJobMonitor>();

    public IProcessHealth Process { get; } = services.GetRequiredService<IProcessHealth>();

    public TimeProvider Time { get; } = services.GetRequiredService<TimeProvider>();

    public JobQueueApiOptions Options { get; } = options;

    public Redactor Redactor { get; } = new(options.Redact);

    public KnownHandlers Handlers { get; } = new(services.GetRequiredService<IJobMonitor>(), services.GetRequiredService<TimeProvider>());

    /// <summary>What happens, for those who listen.</summary>
    public EventFeed Events { get; } = new(services.GetRequiredService<IJobMonitor>(), services.GetRequiredService<TimeProvider>(), options.MaxListeners);

    /// <summary>Fires when the host stops, so that a stream that never ends by itself does not hold it up.</summary>
    public CancellationToken Stopping { get; } = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <summary>Those who wait for results: one above the limit is told to come back.</summary>
    public SemaphoreSlim Waiters { get; } = new(options.MaxWaiters);
}
