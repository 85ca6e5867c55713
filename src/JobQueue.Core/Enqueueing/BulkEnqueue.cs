using System.Runtime.ExceptionServices;
using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Enqueueing;

/// <summary>
/// Stores the jobs of one call page by page, in their order; those of several shards side by side. Pages leave on two lanes in turns, so that one is on its way to Redis while it stores
/// another; over one connection it stores them in the order in which they leave. Not thread-safe: made anew for each call.
/// </summary>
/// <param name="jobs">The jobs, all checked and of one shard.</param>
/// <param name="lanes">Take the pages.</param>
/// <param name="metrics">Counts what is stored.</param>
internal sealed class BulkEnqueue(EnqueueItem[] jobs, (EnqueueLane Even, EnqueueLane Odd) lanes, JobQueueMetrics metrics)
{
    private readonly List<JobId> _duplicates = [];
    private int _pages;

    /// <summary>After a failure, those that may be stored.</summary>
    private readonly List<JobId> _uncertain = [];

    /// <summary>After a failure, those that are not stored.</summary>
    private readonly List<JobId> _missing = [];

    /// <returns>Jobs that exist already; all others are stored.</returns>
    public static async Task<IReadOnlyList<JobId>> RunAsync(EnqueueItem[] jobs, Enqueuer enqueuer, JobQueueMetrics metrics, CancellationToken cancellationToken)
    {
        var parts = ByShard(jobs).ConvertAll(part => new BulkEnqueue(part, (enqueuer.LaneOf(part[0].Id), enqueuer.SecondLaneOf(part[0].Id)), metrics));
        var runs = parts.ConvertAll(part => part.RunAsync(cancellationToken));
        try
        {
            await Task.WhenAll(runs).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw Explain(parts, runs, e, jobs.Length);
        }

        return parts is [var only] ? only._duplicates : [.. parts.SelectMany(static part => part._duplicates)];
    }

    private static List<EnqueueItem[]> ByShard(EnqueueItem[] jobs)
    {
        var shard = jobs[0].Id.Shard;
        return Array.TrueForAll(jobs, job => job.Id.Shard == shard) ? [jobs] : [.. jobs.GroupBy(static job => job.Id.Shard).Select(static part => part.ToArray())];
    }

    /// <summary>What one shard has failed with; where others were to store jobs too, or had stored some, which of all jobs are not there.</summary>
    private static JobQueueUnavailableException Explain(List<BulkEnqueue> parts, List<Task> runs, Exception first, int total)
    {
        var other = runs.Find(static run => run.Exception?.InnerException is { } e and not JobQueueUnavailableException);
        if (other is not null || first is not JobQueueUnavailableException unavailable || (parts.Count == 1 && unavailable.JobIds.Count == total))
        {
            ExceptionDispatchInfo.Capture(other?.Exception!.InnerException ?? first).Throw();
        }

        List<JobId> uncertain = [.. parts.SelectMany(static part => part._uncertain)], missing = [.. parts.SelectMany(static part => part._missing)];
        return Errors.BulkEnqueueFailed((JobQueueUnavailableException)first, [.. uncertain, .. missing], total - uncertain.Count - missing.Count, uncertain.Count);
    }

    public static JobId[] IdsOf(ReadOnlySpan<EnqueueItem> jobs)
    {
        var ids = new JobId[jobs.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = jobs[i].Id;
        }

        return ids;
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var page = Begin(first: 0, follows: null, stop.Token);
        while (true)
        {
            Page? next = null;
            try
            {
                await page.Unit.Sent!.Task.WaitAsync(cancellationToken).ConfigureAwait(false); // The next leaves on the other lane, and must not overtake it.
                next = page.End < jobs.Length ? Begin(page.End, page.Unit, stop.Token) : null;
                Take(page, await page.Unit.Answer.WaitAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                await stop.CancelAsync().ConfigureAwait(false); // What is not on its way yet stays here.
                await CountLostAsync(page, next, e).ConfigureAwait(false);
                throw;
            }

            if (next is null)
            {
                return;
            }

            cancellationToken.ThrowIfCancellationRequested();
            page = next;
        }
    }

    private Page Begin(int first, EnqueueUnit? follows, CancellationToken cancellationToken)
    {
        var end = EndOfPage(first);
        var unit = new EnqueueUnit(jobs.AsMemory(first, end - first))
        {
            Sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
            Follows = follows,
            CancellationToken = cancellationToken,
        };
        (_pages++ % 2 == 0 ? lanes.Even : lanes.Odd).Add(unit);
        return new Page(first, end, unit);
    }

    private void Take(Page page, int[] refused)
    {
        for (var i = page.First; i < page.End; i++)
        {
            if (refused.Length > 0 && refused.Contains(i - page.First))
            {
                _duplicates.Add(jobs[i].Id);
            }
            else
            {
                metrics.Enqueued(jobs[i].Queue, jobs[i].Name);
            }
        }
    }

    /// <summary>Finds which jobs are not there, or may not be: those of the page that failed, of the next one unless it was stored all the same, and the rest.</summary>
    private async Task CountLostAsync(Page failed, Page? next, Exception error)
    {
        var nextError = next is null ? null : await EndOfAsync(next).ConfigureAwait(false);
        (error is JobQueueUnavailableException { MayHaveBeenEnqueued: false } ? _missing : _uncertain).AddRange(failed.Unit.ListIds());
        if (next is not null && nextError is not null)
        {
            (nextError is OperationCanceledException or JobQueueUnavailableException { MayHaveBeenEnqueued: false } ? _missing : _uncertain).AddRange(next.Unit.ListIds());
        }

        _missing.AddRange(IdsOf(jobs.AsSpan((next ?? failed).End)));
    }

    /// <summary>Waits for a page that was handed over after one that failed. Never throws.</summary>
    private async Task<Exception?> EndOfAsync(Page page)
    {
        try
        {
            Take(page, await page.Unit.Answer.ConfigureAwait(false));
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private int EndOfPage(int first)
    {
        long bytes = jobs[first].Record.Length;
        var end = first + 1;
        while (end < jobs.Length && end - first < EnqueueLane.MaxJobs && bytes + jobs[end].Record.Length <= EnqueueLane.MaxBytes)
        {
            bytes += jobs[end++].Record.Length;
        }

        return end;
    }

    /// <param name="First">Position of its first job.</param>
    /// <param name="End">Position after its last job.</param>
    /// <param name="Unit">What was handed over.</param>
    private sealed record Page(int First, int End, EnqueueUnit Unit);
}
