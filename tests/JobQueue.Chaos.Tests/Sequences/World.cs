using System.Collections.Concurrent;
using System.Globalization;
using JobQueue.Chaos.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JobQueue.Chaos.Tests.Sequences;

/// <summary>A host with workers under keys of its own, to which a sequence is done, and the faults that come with it.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(3);

    private readonly ConcurrentDictionary<JobId, TaskCompletionSource> _gates = new();
    private readonly ChaosServer _server;
    private readonly string _prefix = "s" + Guid.NewGuid().ToString("N")[..10];
    private IHost? _host;

    private World(ChaosServer server) => _server = server;

    private IJobQueue Jobs => _host!.Services.GetRequiredService<IJobQueue>();

    private IJobMonitor Monitor => _host!.Services.GetRequiredService<IJobMonitor>();

    private IDeadLetterQueue DeadLetters => _host!.Services.GetRequiredService<IDeadLetterQueue>();

    private StoreKeys Keys => new(_server, _prefix);

    public static async Task<World> BeginAsync(ChaosServer server)
    {
        var world = new World(server);
        await world.StartAsync();
        return world;
    }

    /// <summary>Does a step with its fault.</summary>
    /// <returns>
    /// Whether the call was accepted; null when it was refused after Redis had not answered an earlier sending, which may be why.
    /// </returns>
    public async Task<bool?> DoAsync(Step step)
    {
        var fault = InjectAsync(step.Fault);
        var accepted = await CallAsync(step);
        await fault;
        return accepted;
    }

    /// <summary>Waits until every job is where the model has it.</summary>
    /// <returns>What is elsewhere after the patience is over; empty when all is well.</returns>
    public async Task<string> CompareAsync(Model model, TimeSpan patience)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var differences = await DifferencesAsync(model);
            if (differences.Count == 0 || TimeProvider.System.GetElapsedTime(began) > patience)
            {
                return string.Join(", ", differences);
            }

            await Task.Delay(Look, TimeProvider.System);
        }
    }

    /// <summary>What <see cref="IJobMonitor.VerifyAsync"/> finds.</summary>
    public async Task<string> VerifyAsync() => string.Join(", ", (await Monitor.VerifyAsync()).Violations);

    public async ValueTask DisposeAsync() => await StopAsync();

    private static JobId IdOf(int number) => JobId.Parse(string.Create(CultureInfo.InvariantCulture, $"01900000000070008000000000{number:D4}00"));

    private async Task<List<string>> DifferencesAsync(Model model)
    {
        try
        {
            return await FindDifferencesAsync(model);
        }
        catch (JobQueueUnavailableException e)
        {
            return [e.Message]; // A connection that was cut may take a moment to come back: the next look tells.
        }
    }

    private async Task<List<string>> FindDifferencesAsync(Model model)
    {
        var differences = new List<string>();
        foreach (var (number, expected) in model.Jobs)
        {
            var job = await Jobs.GetAsync(IdOf(number));
            if (job?.State != expected.State)
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"job {number} must be {Name(expected.State)} and is {Name(job?.State)}"));
            }
            else if (job is not null && job.RetryCount != expected.RetryCount)
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"job {number} must have used {expected.RetryCount} retries and has used {job.RetryCount}"));
            }
        }

        return differences;
    }

    private static string Name(JobState? state) => state?.ToString() ?? "gone";

    private async Task<bool?> CallAsync(Step step)
    {
        for (bool? refused = false; ; refused = null)
        {
            try
            {
                await SendAsync(step, IdOf(step.Job));
                return true;
            }
            catch (JobQueueUnavailableException)
            {
                // As its documentation says: call again.
            }
            catch (Exception e) when (e is JobStateException or DuplicateJobException)
            {
                return refused;
            }
        }
    }

    private Task SendAsync(Step step, JobId id) => step.Verb switch
    {
        Verb.Enqueue => Jobs.EnqueueAsync("step", step.Plan, options =>
        {
            (options.Id, options.Queue, options.MaxRetries, options.Priority) = (id, step.Queue, step.Retries, step.Priority);
            options.Delay = step.Later ? Hour : null;
        }),
        Verb.Cancel => Jobs.CancelAsync(id),
        Verb.Delete => Jobs.DeleteAsync(id),
        Verb.RunNow => Jobs.RunNowAsync(id),
        Verb.Copy => Jobs.CopyAsync(id, options => options.Id = IdOf(step.Target)),
        Verb.RetryDead => DeadLetters.RetryAsync(id),
        Verb.DeleteDead => DeadLetters.DeleteAsync(id),
        Verb.RetryAllDead => DeadLetters.RetryAllAsync(),
        Verb.Pause => Monitor.PauseAsync(step.Queue),
        Verb.Resume => Monitor.ResumeAsync(step.Queue),
        Verb.Purge => Monitor.PurgeAsync(step.Queue),
        Verb.Restart => RestartAsync(),
        Verb.Release => ReleaseAsync(id),
        _ => Task.CompletedTask,
    };

    /// <summary>The gate of a job that is about to be enqueued is closed, whoever had its number before.</summary>
    public void Close(int number) => _gates.TryRemove(IdOf(number), out _);

    private TaskCompletionSource GateOf(JobId id) => _gates.GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private Task ReleaseAsync(JobId id)
    {
        GateOf(id).TrySetResult();
        return Task.CompletedTask;
    }

    private async Task HandleAsync(string plan, JobContext job, CancellationToken token)
    {
        switch (plan[Math.Min(job.Attempt - 1, plan.Length - 1)])
        {
            case 'f':
                throw new InvalidOperationException("as planned");
            case 'x':
                job.Discard("as planned");
                break;
            case 'z':
                job.Snooze(Hour);
                break;
            case 'h':
                await GateOf(job.Id).Task.WaitAsync(token);
                break;
        }
    }

    private Task InjectAsync(Fault fault) => fault switch
    {
        Fault.Cut => Task.WhenAll(ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"), ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub")),
        Fault.Flush => ExecuteAsync("SCRIPT", "FLUSH"),
        Fault.Lose => LoseAsync(),
        _ => Task.CompletedTask,
    };

    private Task ExecuteAsync(string command, params object[] arguments) => _server.Database.ExecuteAsync(command, arguments);

    /// <summary>As recover.lua declares a worker lost. It ends when another is live, and no job is leased to the lost one.</summary>
    private async Task LoseAsync()
    {
        var (workers, running) = (Keys.Key("workers"), Keys.Key("running"));
        var lost = await _server.Database.SortedSetRangeByRankAsync(workers);
        await _server.Database.SortedSetRemoveAsync(workers, lost);
        while (await _server.Database.SortedSetLengthAsync(workers) == 0
            || (await _server.Database.HashValuesAsync(running)).Any(token => lost.Any(worker => ((string)token!).StartsWith(worker + "|", StringComparison.Ordinal))))
        {
            await Task.Delay(Look, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    private async Task StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var jobs = builder.Services.AddJobQueue(options =>
        {
            options.ConnectionString = _server.ConnectionString;
            options.KeyPrefix = _prefix;
            options.MaxCrashes = 100; // Crashes are another test's.
            options.HeartbeatInterval = TimeSpan.FromMilliseconds(200);
            options.LeaseDuration = TimeSpan.FromSeconds(2);
            options.PollInterval = TimeSpan.FromMilliseconds(200); // A message that a cut loses costs one.
            options.ShutdownTimeout = TimeSpan.Zero;
            options.Backoff = new() { BaseDelay = Hour, MaxDelay = Hour, UseJitter = false };
        });
        jobs.AddJobHandler<string>("step", HandleAsync);
        _host = builder.Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    private async Task StopAsync()
    {
        await _host!.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
