using System.Net.Http.Json;
using System.Text.Json;
using JobQueue.Core.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace JobQueue.AspNetCore.Tests.Infrastructure;

/// <summary>A web host with the queue and its API on a free loopback port, under a key prefix of its own. Its worker knows a few handlers.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Base = "/api/v1";

    private readonly WebApplication _app;

    private ApiHost(WebApplication app, RecordedFaults faults, HttpClient client)
    {
        _app = app;
        Faults = faults;
        Client = client;
    }

    public HttpClient Client { get; }

    /// <summary>What is mapped, the API and whatever a test has added.</summary>
    public IEnumerable<RouteEndpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>();

    /// <summary>What the web server has logged as its errors: exceptions that no endpoint has handled.</summary>
    public RecordedFaults Faults { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The full name of one of the store's keys.</summary>
    public string Key(string name) => $"{{{Services.GetRequiredService<IOptions<JobQueueOptions>>().Value.KeyPrefix}:0}}:{name}";

    public IJobQueue Jobs => _app.Services.GetRequiredService<IJobQueue>();

    public IDeadLetterQueue DeadLetters => _app.Services.GetRequiredService<IDeadLetterQueue>();

    public IJobScheduler Scheduler => _app.Services.GetRequiredService<IJobScheduler>();

    public IJobMonitor Monitor => _app.Services.GetRequiredService<IJobMonitor>();

    public static async Task<ApiHost> StartAsync(
        TestServer? server,
        Action<JobQueueApiOptions>? api = null,
        Action<JobQueueOptions>? queue = null,
        Action<IServiceCollection>? services = null,
        Action<IEndpointConventionBuilder>? conventions = null,
        Action<WebApplication>? pipeline = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var faults = new RecordedFaults();
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddFilter("JobQueue", LogLevel.None).AddProvider(faults);
        builder.Services.AddRoutingCore().AddAuthorization();
        services?.Invoke(builder.Services);
        AddHandlers(builder.Services.AddJobQueue(options =>
        {
            (options.ConnectionString, options.KeyPrefix, options.WorkerName) = (server?.ConnectionString, TestServer.NewPrefix(), "tester");
            options.ShutdownTimeout = TimeSpan.FromMilliseconds(200); // A test that holds a job does not wait for it.
            options.Backoff = new() { BaseDelay = TimeSpan.FromMilliseconds(20), UseJitter = false };
            queue?.Invoke(options);
        }));
        var app = builder.Build();
        pipeline?.Invoke(app);
        var mapped = app.MapJobQueueApi(Base, api);
        conventions?.Invoke(mapped);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ApiHost(app, faults, new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(5) });
    }

    public async Task<JsonElement> GetAsync(string path, int status = 200) => await ReadAsync(await Client.GetAsync(Base + path, Token), status);

    /// <summary>Gets an answer that is no problem, whatever its status.</summary>
    public async Task<JsonElement> SendRawAsync(string path, int status)
    {
        var response = await Client.GetAsync(Base + path, Token);
        ((int)response.StatusCode).Should().Be(status);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(Token));
    }

    public async Task<JsonElement> PostAsync(string path, object? body = null, int status = 200)
        => await ReadAsync(await Client.PostAsync(Base + path, body is null ? null : JsonContent.Create(body), Token), status);

    public async Task<JsonElement> DeleteAsync(string path, int status = 200) => await ReadAsync(await Client.DeleteAsync(Base + path, Token), status);

    public async Task<JsonElement> SendAsync(HttpRequestMessage request, int status) => await ReadAsync(await Client.SendAsync(request, Token), status);

    /// <summary>Waits until a job is in a state, by the API.</summary>
    public async Task<JsonElement> UntilAsync(string id, string status)
    {
        JsonElement job = default;
        await Eventually.HoldsAsync(async () => (job = await GetAsync($"/jobs/job/{id}")).GetProperty("status").GetString() == status, $"the job is {status}");
        return job;
    }

    /// <summary>Enqueues a job that fails for good, and waits until it is dead.</summary>
    public async Task<string> DieAsync()
    {
        var id = (await PostAsync("/jobs/enqueue", new { name = "fail", args = new { number = 1 } }, 201)).GetProperty("job_id").GetString()!;
        await UntilAsync(id, "failed");
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync(Token);
        ((int)response.StatusCode).Should().Be(status, "the answer was {0}", text);
        if (status >= 400)
        {
            response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
            var problem = JsonSerializer.Deserialize<JsonElement>(text);
            problem.GetProperty("status").GetInt32().Should().Be(status);
            problem.GetProperty("detail").GetString().Should().NotBeNullOrEmpty();
            return problem;
        }

        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static void AddHandlers(JobQueueBuilder builder) => builder
        .AddJobHandler<JsonElement, JsonElement>("echo", static (args, _, _) => Task.FromResult(args), static handler => (handler.MaxRetries, handler.Timeout) = (5, TimeSpan.FromSeconds(90)))
        .AddJobHandler<JsonElement>("fail", static (_, _, _) => throw new InvalidOperationException("it is broken"), static handler => handler.MaxRetries = 0)
        .AddJobHandler<JsonElement>("talk", static async (_, job, _) =>
        {
            await job.LogAsync("one");
            await job.LogAsync("two");
        })
        .AddJobHandler<JsonElement>("hold", static (_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
}
