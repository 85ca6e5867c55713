using JobQueue;
using JobQueue.ChaosWorker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// A worker in a process of its own, to be killed, stopped and ended by a test.
var settings = WorkerSettings.Read();
EndWithTheTest();
if (settings.MinThreads > 0)
{
    ThreadPool.SetMinThreads(settings.MinThreads, settings.MinThreads);
}

using var auditConnection = await AuditLists.ConnectAsync(settings.AuditConnection + ",syncTimeout=60000");
using var audit = new AuditLists(auditConnection, settings);

// The defaults would read the configuration files and watch the directory that the test was started in.
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Logging.SetMinimumLevel(LogLevel.Information).AddProvider(audit);
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(settings.HostShutdownMs));
builder.Services.AddSingleton<IHostLifetime, Microsoft.Extensions.Hosting.Internal.ConsoleLifetime>();
if (settings.ClockJumps)
{
    builder.Services.AddSingleton<TimeProvider>(new JumpingClock(Path.Combine(settings.Gates, JumpingClock.FileName)));
}

var jobs = builder.Services.AddJobQueue(options =>
{
    options.ConnectionString = settings.Connection;
    options.KeyPrefix = settings.Prefix;
    options.WorkerName = settings.Name;
    options.Concurrency = settings.Concurrency;
    options.LeaseDuration = TimeSpan.FromMilliseconds(settings.LeaseMs);
    options.HeartbeatInterval = TimeSpan.FromMilliseconds(settings.HeartbeatMs);
    options.CallTimeout = TimeSpan.FromMilliseconds(settings.CallTimeoutMs);
    options.Shards = settings.Shards;
    options.MaxCrashes = settings.MaxCrashes;
    options.ShutdownTimeout = TimeSpan.FromMilliseconds(settings.ShutdownMs);
    options.Backoff.BaseDelay = TimeSpan.FromMilliseconds(settings.BackoffMs);
    (options.Retention.CompletedCount, options.Retention.CompletedBytes) = (settings.CompletedCount, 1L << 40);
    options.Retention.DeadCount = settings.DeadCount;
    foreach (var queue in settings.Queues)
    {
        options.Queues.Add(queue);
    }
});
new ChaosHandlers(audit, settings).AddTo(jobs);
if (settings.TicksGroup is { } group)
{
    Ticks.AddTo(jobs, group);
}

using var host = builder.Build();
await host.RunAsync();

// The pipe ends with the test's process, however that ends; then nobody is left to end this one.
static void EndWithTheTest() => new Thread(static () =>
{
    while (Console.In.ReadLine() is not null)
    {
    }

    Environment.Exit(3);
})
{ IsBackground = true, Name = "end with the test" }.Start();
