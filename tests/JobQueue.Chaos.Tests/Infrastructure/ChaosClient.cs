using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>A process's end of the queue that runs no jobs, in the test's own process: a client that the test may cut off.</summary>
internal sealed class ChaosClient : IAsyncDisposable
{
    private readonly IHost _host;

    private ChaosClient(IHost host) => _host = host;

    public IJobQueue Jobs => _host.Services.GetRequiredService<IJobQueue>();

    public IJobMonitor Monitor => _host.Services.GetRequiredService<IJobMonitor>();

    /// <param name="connectionString">Where it finds the server.</param>
    /// <param name="prefix">Of the keys.</param>
    /// <param name="callTimeout">How long one call may take in all.</param>
    /// <param name="clock">The client's clock.</param>
    /// <param name="replicas">How many must acknowledge.</param>
    /// <param name="shards">How many there are.</param>
    public static async Task<ChaosClient> StartAsync(string connectionString, string prefix, TimeSpan callTimeout, TimeProvider? clock = null, int replicas = 0, int shards = 1)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddJobQueue(options =>
        {
            options.ConnectionString = connectionString;
            options.KeyPrefix = prefix;
            options.RunWorkers = false;
            options.CallTimeout = callTimeout;
            options.ReplicasToAcknowledge = replicas;
            options.Shards = shards;
        });
        var client = new ChaosClient(builder.Build());
        try
        {
            await client._host.StartAsync(TestContext.Current.CancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
