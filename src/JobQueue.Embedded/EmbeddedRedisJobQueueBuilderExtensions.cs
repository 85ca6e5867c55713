using JobQueue.Embedded;
using JobQueue.Embedded.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace JobQueue;

/// <summary>Gives a host's job queue a server of its own.</summary>
public static class EmbeddedRedisJobQueueBuilderExtensions
{
    /// <summary>
    /// Runs the job queue on a server that starts with the host, before any hosted service, and ends when the host's
    /// services are disposed. It sets <see cref="JobQueueOptions.ConnectionFactory"/>; whatever asks for a connection
    /// before the host starts, starts the server then. A host has one such server at the most.
    /// </summary>
    /// <param name="builder">The job queue to give a server to.</param>
    /// <param name="options">Settings; <see langword="null"/> for the defaults, which keep all data in memory. Of several calls the last counts.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// For development, samples and tests. Starting the host throws <see cref="EmbeddedRedisException"/> when no server is
    /// found or it does not start; reading <see cref="JobQueueOptions"/> throws it when another connection is configured too.
    /// </remarks>
    public static JobQueueBuilder UseEmbeddedRedis(this JobQueueBuilder builder, EmbeddedRedisOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = options ?? new EmbeddedRedisOptions();
        builder.Services.Replace(ServiceDescriptor.Singleton(services => new SharedServer(settings, services.GetService<ILoggerFactory>())));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JobQueueOptions>, ConnectToSharedServer>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartWithHost>());
        return builder;
    }
}
