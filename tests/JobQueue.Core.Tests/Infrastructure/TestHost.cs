using JobQueue.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// A host with the job queue on the test server, under a key prefix of its own unless one is given. A store of its own must be in
/// order when the host is disposed; a test whose hosts share a store ends with <see cref="StoreVerification.VerifyAsync(TestHost)"/>.
/// </summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly bool _ownsStore;

    private TestHost(IHost host, bool ownsStore)
    {
        _host = host;
        _ownsStore = ownsStore;
    }

    public IServiceProvider Services => _host.Services;

    public IJobQueue Jobs => _host.Services.GetRequiredService<IJobQueue>();

    public IDeadLetterQueue DeadLetters => _host.Services.GetRequiredService<IDeadLetterQueue>();

    public IJobMonitor Monitor => _host.Services.GetRequiredService<IJobMonitor>();

    public IJobScheduler Scheduler => _host.Services.GetRequiredService<IJobScheduler>();

    /// <summary>The host's own pool first.</summary>
    public IReadOnlyList<WorkerPool> Pools => _host.Services.GetRequiredService<WorkerPools>().All;

    public WorkerPool Pool => Pools[0];

    public static async Task<TestHost> StartAsync(
        TestServer server, Action<JobQueueBuilder> addHandlers, Action<JobQueueOptions>? configure = null)
    {
        var prefix = TestServer.NewPrefix();
        // A machine that is busy with other tests may be slow to answer; a server that is gone refuses at once.
        var patient = server.ConnectionString + ",connectTimeout=20000";
        var host = Build(patient, addHandlers, options =>
        {
            options.KeyPrefix = prefix;
            configure?.Invoke(options);
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        var options = host.Services.GetRequiredService<IOptions<JobQueueOptions>>().Value;
        return new TestHost(host, options.KeyPrefix == prefix && options.ConnectionString == patient);
    }

    public static IHost Build(string? connectionString, Action<JobQueueBuilder> addHandlers, Action<JobQueueOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        addHandlers(builder.Services.AddJobQueue(options =>
        {
            options.ConnectionString = connectionString;
            options.KeyPrefix = TestServer.NewPrefix();
            options.Concurrency = 4;
            options.Backoff = new() { BaseDelay = TimeSpan.FromMilliseconds(20), UseJitter = false };
            configure?.Invoke(options);
        }));
        return builder.Build();
    }

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_ownsStore)
        {
            await this.VerifyAsync();
        }

        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }
}

/// <summary>Arguments that most tests use.</summary>
internal sealed record Numbered(int Number);
