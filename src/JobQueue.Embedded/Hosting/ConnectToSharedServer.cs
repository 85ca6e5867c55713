using Microsoft.Extensions.Options;

namespace JobQueue.Embedded.Hosting;

/// <summary>Points the job queue at the host's server, after every other setting is known so that two connections are noticed.</summary>
internal sealed class ConnectToSharedServer(SharedServer server) : IPostConfigureOptions<JobQueueOptions>
{
    public void PostConfigure(string? name, JobQueueOptions options)
    {
        var other = options.ConnectionString is not null ? nameof(options.ConnectionString)
            : options.ConnectionMultiplexer is not null ? nameof(options.ConnectionMultiplexer)
            : options.ConnectionFactory is not null ? nameof(options.ConnectionFactory)
            : null;
        if (other is not null)
        {
            throw Errors.ConnectionAlreadyConfigured(other);
        }

        options.ConnectionFactory = server.ConnectAsync;
    }
}
