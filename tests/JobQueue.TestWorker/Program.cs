using System.Diagnostics;
using System.Globalization;
using JobQueue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

// A worker that tests start as a process of its own, to kill it. The connection comes by the environment, so that its
// password is on no command line. Each start of a handler is noted in a list that the queue knows nothing of.
var connectionString = Environment.GetEnvironmentVariable("TEST_WORKER_CONNECTION")!;
var prefix = Environment.GetEnvironmentVariable("TEST_WORKER_PREFIX")!;
var lease = Read("TEST_WORKER_LEASE_MS", 10_000);
using var audit = await ConnectionMultiplexer.ConnectAsync(connectionString);

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.None);
builder.Services
    .AddJobQueue(options =>
    {
        options.ConnectionString = connectionString;
        options.KeyPrefix = prefix;
        options.Concurrency = 8;
        options.LeaseDuration = TimeSpan.FromMilliseconds(lease);
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(lease / 5);
        options.MaxCrashes = Read("TEST_WORKER_MAX_CRASHES", 3);
    })
    .AddJobHandler<int>("pause", async (milliseconds, job, cancellationToken) =>
    {
        await NoteAsync(job);
        await Task.Delay(milliseconds, cancellationToken);
    })
    .AddJobHandler<int>("poison", async (_, job, _) =>
    {
        await NoteAsync(job);
        Die();
    })
    .AddJobHandler<string, string>("steps", async (death, job, _) =>
    {
        await job.LogAsync("begins");
        var drawn = await job.OnceAsync("draw", _ => EffectAsync("draw"));
        await DieOnceAsync(death == "between");
        await job.OnceAsync("charge", async _ =>
        {
            await EffectAsync("charge");
            await DieOnceAsync(death == "inside");
        });
        return drawn;
    });
using var host = builder.Build();
await host.RunAsync();

async Task<string> EffectAsync(string step)
{
    var value = Guid.NewGuid().ToString("N");
    await audit.GetDatabase().ListRightPushAsync(prefix + ":effects", step + "|" + value);
    return value;
}

// The first process of a store to come by here.
async Task DieOnceAsync(bool isHere)
{
    if (isHere && await audit.GetDatabase().StringSetAsync(prefix + ":died", "1", when: When.NotExists))
    {
        Die();
    }
}

// As a failure in native code ends a process: nothing of it runs any more.
static void Die()
{
    using var self = Process.GetCurrentProcess();
    self.Kill();
}

Task NoteAsync(JobContext job) => audit.GetDatabase().ListLeftPushAsync(prefix + ":starts", job.Id.ToString());

static int Read(string variable, int otherwise)
    => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
