using System.Globalization;
using JobQueue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QuickStart;

if (Arguments.TryParse(args, out var problem) is not { } arguments)
{
    Console.Error.WriteLine($"{problem}\n{Arguments.Usage}");
    return 2;
}

var began = TimeProvider.System.GetTimestamp();
var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.None); // The display shows what happens; failures are expected here.
var jobQueue = builder.Services
    .AddJobQueue(options =>
    {
        options.ConnectionString = arguments.Redis;
        options.Concurrency = arguments.Workers;
        options.KeyPrefix = "quickstart-" + Guid.NewGuid().ToString("N")[..8];
    })
    .AddJobHandlers();
if (arguments.Redis is null)
{
    jobQueue.UseEmbeddedRedis();
}

using var host = builder.Build();
try
{
    await host.StartAsync();
}
catch (JobQueueException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

var scratch = Directory.CreateTempSubdirectory("quickstart-");
try
{
    return await RunAsync(host.Services, arguments, scratch.FullName, began);
}
finally
{
    await host.StopAsync();
    scratch.Delete(recursive: true);
}

static async Task<int> RunAsync(IServiceProvider services, Arguments arguments, string scratch, long began)
{
    var jobs = services.GetRequiredService<IJobQueue>();
    var deadLetters = services.GetRequiredService<IDeadLetterQueue>();
    var monitor = services.GetRequiredService<IJobMonitor>();

    // Enqueue: a job a file, three for files that do not exist yet, one for later.
    string[] missing = [.. Enumerable.Range(1, 3).Select(n => Path.Combine(scratch, $"missing-{n}.txt"))];
    var ids = await jobs.EnqueueManyAsync([.. FileWalk.JobsFor(arguments.Path), .. FileWalk.JobsForMissing(missing)]);
    var delayed = Path.Combine(scratch, "delayed.txt");
    await File.WriteAllTextAsync(delayed, "written before the job was due");
    var delayedId = await jobs.EnqueueCountWordsAsync(new FileJob(delayed), options => options.Delay = TimeSpan.FromSeconds(2));
    var enqueued = ids.Count + 1;

    var allEnded = await new Display(monitor, arguments.Plain).WatchAsync(enqueued, deadBefore: 0, completedBefore: 0);

    // Look at what failed, repair the cause of one, and run it again.
    var page = await deadLetters.ListAsync();
    Console.WriteLine();
    foreach (var job in page.Jobs)
    {
        Console.WriteLine($"dead: {job.Name} {job.Id} after {job.Attempts.Count} attempts: {job.Error}");
    }

    var repaired = await RepairOneAsync(jobs, deadLetters, missing, page);
    var delayedJob = await jobs.GetAsync(delayedId);
    var counts = await monitor.GetCountsAsync();
    var asExpected = allEnded
        && repaired
        && page.Total == missing.Length
        && delayedJob is { State: JobState.Completed }
        && counts.TotalCompleted == enqueued - missing.Length + 1
        && counts.Dead == missing.Length - 1
        && counts is { Pending: 0, Running: 0, Scheduled: 0, Retrying: 0 };
    var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"summary: enqueued={enqueued} completed={counts.TotalCompleted} retried={counts.TotalRetried} dead={counts.Dead} seconds={seconds:F1}"));
    return asExpected ? 0 : 1;
}

static async Task<bool> RepairOneAsync(IJobQueue jobs, IDeadLetterQueue deadLetters, string[] missing, DeadLetterPage page)
{
    if (page.Jobs.Count == 0)
    {
        return false;
    }

    var dead = page.Jobs[^1];
    foreach (var path in missing.Where(path => dead.Error?.Contains(path, StringComparison.Ordinal) == true))
    {
        await File.WriteAllTextAsync(path, "here it is");
    }

    await deadLetters.RetryAsync(dead.Id);
    var hash = await jobs.WaitForResultAsync<string>(dead.Id, TimeSpan.FromSeconds(10));
    Console.WriteLine($"retried: {dead.Name} {dead.Id} completed with {hash}");
    return true;
}
