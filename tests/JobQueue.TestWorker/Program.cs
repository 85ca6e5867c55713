using JobQueue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

// A worker that tests start as a process of its own, to kill it. The connection comes by the environment, so that its
// password is on no command line. Each start of a handler is noted in a list that the queue knows nothing of.
var connectionString = Environment.GetEnvironmentVariable("TEST_WORKER_CONNECTION")!;
var prefix = Environment.GetEnvironmentVariable("TEST_WORKER_PREFIX")!;
using var audit = await ConnectionMultiplexer.ConnectAsync(connectionString);

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.None);
builder.Services
    .AddJobQueue(options =>
    {
        options.ConnectionString = connectionString;
        options.KeyPrefix = prefix;
        options.Concurrency = 8;
    })
    .AddJobHandler<int>("pause", async (milliseconds, job, cancellationToken) =>
    {
        await audit.GetDatabase().ListLeftPushAsync(prefix + ":starts", job.Id.ToString());
        await Task.Delay(milliseconds, cancellationToken);
    });
using var host = builder.Build();
await host.RunAsync();
