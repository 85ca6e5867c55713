using System.Collections.Concurrent;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>
/// Callers that enqueue jobs under ids of their own until they are told to stop, as an application should: when a call fails it is
/// made again under the same id, until it is acknowledged or the id is answered to be there. What a failure says is held
/// against what follows: an id is only there when the failure said that it might be.
/// </summary>
internal sealed class PatientCallers : IAsyncDisposable
{
    private const int MostWaiting = 300;
    private const int LongestMs = 20;

    /// <summary>A flow of hundreds of jobs a second, not as many as the machine can do.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<JobId, long> _acknowledged = new();
    private readonly ConcurrentDictionary<string, int> _errors = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly IJobQueue _jobs;
    private readonly Audit _audit;
    private readonly Task _running;
    private long _done;
    private int _foundThere;

    private PatientCallers(IJobQueue jobs, Audit audit, Random random, int callers, int shards)
    {
        _jobs = jobs;
        _audit = audit;
        _running = Task.WhenAll(Enumerable.Range(0, callers).Select(_ => new Random(random.Next())).ToList().Select((own, at) => RunAsync(own, (byte)(at % shards))));
    }

    public int Acknowledged => _acknowledged.Count;

    /// <summary>When each was acknowledged, as <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public IReadOnlyDictionary<JobId, long> AcknowledgedAt => _acknowledged;

    /// <summary>How often calls failed, by the error's id.</summary>
    public IReadOnlyDictionary<string, int> Errors => _errors;

    public int Failures => _errors.Values.Sum();

    /// <summary>Jobs that were there although the call that stored them had failed.</summary>
    public int FoundThere => _foundThere;

    /// <param name="jobs">Takes the jobs.</param>
    /// <param name="audit">Knows what was done.</param>
    /// <param name="random">The test's.</param>
    /// <param name="callers">How many.</param>
    /// <param name="shards">How many there are. Each caller has jobs for one, so that none waits for the shard of another.</param>
    public static PatientCallers Start(IJobQueue jobs, Audit audit, Random random, int callers = 8, int shards = 1) => new(jobs, audit, random, callers, shards);

    /// <summary>Ends them when each has its last job acknowledged.</summary>
    /// <returns>Every id that was acknowledged.</returns>
    public async Task<IReadOnlyList<JobId>> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        return [.. _acknowledged.Keys];
    }

    /// <summary>Waits until more jobs have been enqueued and done from now on; so the flow goes on.</summary>
    public async Task FlowsAsync(int jobs = 100)
    {
        var (acknowledged, done) = (Acknowledged, await _audit.CountCompletionsAsync());
        await Condition.HoldsAsync(
            async () => ThrowIfFailed() && Acknowledged >= acknowledged + jobs && await _audit.CountCompletionsAsync() >= done + jobs,
            async () => $"jobs flow: {Acknowledged - acknowledged} enqueued, {await _audit.CountCompletionsAsync() - done} done, errors {string.Join(' ', _errors)}");
    }

    /// <summary>Waits until so many more calls have failed.</summary>
    public async Task FailAsync(int calls = 1)
    {
        var before = Failures;
        await Condition.HoldsAsync(() => ThrowIfFailed() && Failures >= before + calls, () => "calls fail");
    }

    public void AddTo(Figures figures) => figures.Add("failed_calls", Failures).Add("failed_but_stored", FoundThere);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _abort.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _abort.Dispose();
    }

    private bool ThrowIfFailed()
    {
        if (_running.IsFaulted)
        {
            _running.GetAwaiter().GetResult();
        }

        return true;
    }

    private async Task RunAsync(Random random, byte shard)
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_acknowledged.Count - Interlocked.Read(ref _done) > MostWaiting)
            {
                Interlocked.Exchange(ref _done, await _audit.CountCompletionsAsync());
                await Task.Delay(Look, TimeProvider.System, CancellationToken.None);
                continue;
            }

            await EnqueueAsync(JobId.FromGuid(Guid.NewGuid()).OnShard(shard), random.Next(LongestMs + 1));
            await Task.Delay(Pace, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task EnqueueAsync(JobId id, int milliseconds)
    {
        var mayBeThere = false;
        while (true)
        {
            try
            {
                await _jobs.EnqueueAsync(ChaosHandlers.Work, milliseconds, o => o.Id = id);
                break;
            }
            catch (DuplicateJobException) when (mayBeThere)
            {
                Interlocked.Increment(ref _foundThere);
                break;
            }
            catch (JobQueueUnavailableException e)
            {
                e.JobIds.Should().Equal([id], "the error names what was not enqueued");
                mayBeThere |= e.MayHaveBeenEnqueued;
                _errors.AddOrUpdate(e.ErrorId, 1, static (_, count) => count + 1);
                await Task.Delay(Look, TimeProvider.System, _abort.Token);
            }
        }

        _acknowledged[id] = TimeProvider.System.GetTimestamp();
    }
}
