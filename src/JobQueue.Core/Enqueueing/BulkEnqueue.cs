using System.Runtime.ExceptionServices;
using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Enqueueing;

/// <summary>
/// Stores the jobs of one call page by page, in their order. The next page is handed over while one is on its way, so that Redis need not wait for this
/// process between two calls. Not thread-safe: made anew for each call.
/// </summary>
/// <param name="jobs">The jobs, all checked.</param>
/// <param name="enqueuer">Takes the pages.</param>
/// <param name="metrics">Counts what is stored.</param>
internal sealed class BulkEnqueue(PreparedJob[] jobs, Enqueuer enqueuer, JobQueueMetrics metrics)
{
    /// <summary>Jobs that exist already; all others of a page that was answered are stored.</summary>
    public List<JobId> Duplicates { get; } = [];

    public static JobId[] IdsOf(ReadOnlySpan<PreparedJob> jobs)
    {
        var ids = new JobId[jobs.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = jobs[i].Id;
        }

        return ids;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var page = Begin(first: 0, follows: null, stop.Token);
        while (true)
        {
            Page? next = null;
            try
            {
                next = page.End < jobs.Length ? Begin(page.End, page.Unit.Answer, stop.Token) : null;
                Take(page, await page.Unit.Answer.WaitAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                await stop.CancelAsync().ConfigureAwait(false); // What is not on its way yet stays here.
                throw await ExplainAsync(page, next, e).ConfigureAwait(false);
            }

            if (next is null)
            {
                return;
            }

            cancellationToken.ThrowIfCancellationRequested();
            page = next;
        }
    }

    private Page Begin(int first, Task? follows, CancellationToken cancellationToken)
    {
        var end = EndOfPage(first);
        var items = new EnqueueItem[end - first];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = jobs[first + i].Item;
        }

        var unit = new EnqueueUnit(items, IdsOf(jobs.AsSpan(first, items.Length))) { Follows = follows, CancellationToken = cancellationToken };
        enqueuer.Add(unit);
        return new Page(first, end, unit);
    }

    private void Take(Page page, int[] refused)
    {
        for (var i = page.First; i < page.End; i++)
        {
            if (refused.Length > 0 && refused.Contains(i - page.First))
            {
                Duplicates.Add(jobs[i].Id);
            }
            else
            {
                metrics.Enqueued(jobs[i].Queue, jobs[i].Name);
            }
        }
    }

    /// <summary>Tells which jobs are not there, or may not be: those of the page that failed, of the next one unless it was stored all the same, and the rest.</summary>
    private async Task<Exception> ExplainAsync(Page failed, Page? next, Exception error)
    {
        var nextError = next is null ? null : await EndOfAsync(next).ConfigureAwait(false);
        if (error is not JobQueueUnavailableException unavailable || (failed.First == 0 && next is null))
        {
            ExceptionDispatchInfo.Capture(error).Throw();
            return error;
        }

        List<JobId> uncertain = [], missing = [];
        (unavailable.MayHaveBeenEnqueued ? uncertain : missing).AddRange(failed.Unit.Ids);
        if (next is not null && nextError is not null)
        {
            (nextError is OperationCanceledException or JobQueueUnavailableException { MayHaveBeenEnqueued: false } ? missing : uncertain).AddRange(next.Unit.Ids);
        }

        missing.AddRange(IdsOf(jobs.AsSpan((next ?? failed).End)));
        return Errors.BulkEnqueueFailed(unavailable, [.. uncertain, .. missing], jobs.Length - uncertain.Count - missing.Count, uncertain.Count);
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
        long bytes = jobs[first].Item.Record.Length;
        var end = first + 1;
        while (end < jobs.Length && end - first < Enqueuer.MaxJobs && bytes + jobs[end].Item.Record.Length <= Enqueuer.MaxBytes)
        {
            bytes += jobs[end++].Item.Record.Length;
        }

        return end;
    }

    /// <param name="First">Position of its first job.</param>
    /// <param name="End">Position after its last job.</param>
    /// <param name="Unit">What was handed over.</param>
    private sealed record Page(int First, int End, EnqueueUnit Unit);
}
