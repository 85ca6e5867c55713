using JobQueue.Core.Tests.Infrastructure;
using JobQueue.SourceGeneration.Tests.Handlers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JobQueue.SourceGeneration.Tests.EndToEnd;

/// <summary>A host with this assembly's generated handlers on the test server, under a key prefix of its own.</summary>
internal sealed class HandlerHost : IAsyncDisposable
{
    private readonly IHost _host;

    private HandlerHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IJobQueue Jobs => _host.Services.GetRequiredService<IJobQueue>();

    public static async Task<HandlerHost> StartAsync(TestServer server, Action<JobQueueOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton<Notebook>();
        builder.Services.AddScoped<Outer.Scoped>();
        builder.Services.AddKeyedSingleton("eu", "frankfurt");
        builder.Services
            .AddJobQueue(options =>
            {
                options.ConnectionString = server.ConnectionString;
                options.KeyPrefix = TestServer.NewPrefix();
                configure?.Invoke(options);
            })
            .AddJobHandlers();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new HandlerHost(host);
    }

    public Task<T?> ResultAsync<T>(JobId id) => Jobs.WaitForResultAsync<T>(id, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    /// <summary>The arguments as they are stored.</summary>
    public async Task<string> ArgsAsync(JobId id) => System.Text.Encoding.UTF8.GetString((await Jobs.GetAsync(id))!.Args.Span);

    /// <summary>What a handler without a result left behind.</summary>
    public async Task<string?> NoteAsync(JobId id)
    {
        await ResultAsync<object>(id);
        return Services.GetRequiredService<Notebook>().Read(id.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        var report = await _host.Services.GetRequiredService<IJobMonitor>().VerifyAsync(TestContext.Current.CancellationToken);
        report.Violations.Should().BeEmpty("the store is as it must be");
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
