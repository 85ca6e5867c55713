using System.Collections.Concurrent;
using System.Text.Json;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JobQueue.Dashboard.Tests.Infrastructure;

/// <summary>A web host with the queue and its dashboard on a free loopback port, under a key prefix of its own. Its worker knows a few handlers.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    /// <summary>Two segments: nothing may rely on being at the root.</summary>
    public const string Path = "/ops/jobs";

    private readonly WebApplication _app;
    private readonly Steps _steps;

    private DashboardHost(WebApplication app, Steps steps, HttpClient client)
    {
        (_app, _steps, Client) = (app, steps, client);
        Url = client.BaseAddress!.ToString().TrimEnd('/') + Path + "/";
    }

    public HttpClient Client { get; }

    /// <summary>Where the dashboard is, with its slash.</summary>
    public string Url { get; }

    public IJobQueue Jobs => _app.Services.GetRequiredService<IJobQueue>();

    public IJobScheduler Scheduler => _app.Services.GetRequiredService<IJobScheduler>();

    public IJobMonitor Monitor => _app.Services.GetRequiredService<IJobMonitor>();

    public static async Task<DashboardHost> StartAsync(
        TestServer server,
        Action<JobQueueDashboardOptions>? dashboard = null,
        Action<IEndpointConventionBuilder>? conventions = null,
        Action<WebApplication>? pipeline = null,
        Action<IServiceCollection>? services = null,
        bool runsWorkers = true,
        string? connectionString = null)
    {
        var steps = new Steps();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddRoutingCore().AddAuthorization();
        services?.Invoke(builder.Services);
        AddHandlers(
            builder.Services.AddJobQueue(options =>
            {
                (options.ConnectionString, options.KeyPrefix, options.WorkerName) = (connectionString ?? server.ConnectionString, TestServer.NewPrefix(), "tester");
                (options.RunWorkers, options.ShutdownTimeout) = (runsWorkers, TimeSpan.FromMilliseconds(200)); // A test that holds a job does not wait for it.
                options.Backoff = new() { BaseDelay = TimeSpan.FromMilliseconds(20), UseJitter = false };
            }),
            steps);
        var app = builder.Build();
        pipeline?.Invoke(app);
        var mapped = app.MapJobQueueDashboard(Path, dashboard);
        conventions?.Invoke(mapped);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new DashboardHost(app, steps, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(address) });
    }

    /// <summary>Lets a job of the handler <c>steps</c> go one step on: it reports progress and writes a line with each.</summary>
    public void Step(JobId id) => _steps.Of(id).Release();

    public async Task UntilAsync(JobId id, JobState state)
        => await Eventually.HoldsAsync(async () => (await Jobs.GetAsync(id))?.State == state, $"the job is {state}");

    public async Task<JobId> DeadAsync(string error, object? args = null)
    {
        var id = await Jobs.EnqueueAsync("fail", args ?? new { error });
        await UntilAsync(id, JobState.Dead);
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static void AddHandlers(JobQueueBuilder builder, Steps steps) => builder
        .AddJobHandler<JsonElement, JsonElement>("echo", static (args, _, _) => Task.FromResult(args), static handler => (handler.MaxRetries, handler.Timeout) = (5, TimeSpan.FromSeconds(90)))
        .AddJobHandler<JsonElement>("fail", static (args, _, _) => throw new InvalidOperationException(args.GetProperty("error").GetString()), static handler => handler.MaxRetries = 0)
        .AddJobHandler<JsonElement>("fail_unless_fixed", static (args, _, _) => args.TryGetProperty("fixed", out _) ? Task.CompletedTask : throw new InvalidOperationException("it is not fixed"), static handler => handler.MaxRetries = 0)
        .AddJobHandler<JsonElement>("hold", static (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token))
        .AddJobHandler<JsonElement>("steps", async (_, job, token) =>
        {
            for (var step = 1; step <= Steps.Count; step++)
            {
                await steps.Of(job.Id).WaitAsync(token);
                await job.LogAsync($"step {step} is done");
                await job.ReportProgressAsync((double)step / Steps.Count, $"step {step} of {Steps.Count}");
            }
        });

    /// <summary>Where the jobs of the handler <c>steps</c> wait to be let on.</summary>
    private sealed class Steps
    {
        public const int Count = 4;

        private readonly ConcurrentDictionary<JobId, SemaphoreSlim> _gates = new();

        public SemaphoreSlim Of(JobId id) => _gates.GetOrAdd(id, static _ => new SemaphoreSlim(0));
    }
}
