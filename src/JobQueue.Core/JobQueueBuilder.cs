using Microsoft.Extensions.DependencyInjection;

namespace JobQueue;

/// <summary>Adds handlers and features to the job queue that <c>AddJobQueue</c> registered.</summary>
/// <remarks>Not thread-safe: used while services are being registered.</remarks>
public sealed class JobQueueBuilder
{
    internal JobQueueBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }
}
