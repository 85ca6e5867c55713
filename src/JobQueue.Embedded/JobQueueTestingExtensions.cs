using System.Text.Json;

namespace JobQueue;

/// <summary>What tests of handlers need.</summary>
public static class JobQueueTestingExtensions
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Runs a job through the whole pipeline to its end: serialiser, middlewares, handler, retries. For tests; a host that waits for its own jobs uses
    /// <see cref="IJobQueue.WaitForResultAsync"/>.
    /// </summary>
    /// <typeparam name="TArgs">The type of the arguments.</typeparam>
    /// <param name="jobs">The queue of a host that runs workers.</param>
    /// <param name="name">The handler.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="configure">Sets the job's own options. Default: none.</param>
    /// <param name="timeout">How long to wait for the end, above zero and at most 24 h. Default: 30 s.</param>
    /// <param name="cancellationToken">Ends the wait; the job goes on.</param>
    /// <returns>The job as it ended: completed, dead or cancelled, with its attempts, errors and result.</returns>
    /// <exception cref="TimeoutException">It has not ended in time: no worker has the handler, it takes longer, or its retries wait (see <see cref="JobQueueOptions.Backoff"/>).</exception>
    /// <exception cref="InvalidJobException">A name, argument or option is outside its rule; nothing was stored.</exception>
    /// <exception cref="JobStateException">The job was deleted before it ended.</exception>
    /// <exception cref="JobQueueException">Redis did not answer, or refuses the call.</exception>
    public static async Task<Job> RunToEndAsync<TArgs>(
        this IJobQueue jobs,
        string name,
        TArgs args,
        Action<EnqueueOptions>? configure = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var id = await jobs.EnqueueAsync(name, args, configure, cancellationToken).ConfigureAwait(false);
        try
        {
            await jobs.WaitForResultAsync<JsonElement>(id, timeout ?? DefaultTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (JobFailedException e)
        {
            return e.Job;
        }
        catch (JobQueueException e) when (e is not (JobQueueUnavailableException or JobStateException))
        {
            // It has completed, and its result is not kept or not to be read as JSON here: the job says so.
        }

        return await jobs.GetAsync(id, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Job {id} has completed and is not kept: JobQueueOptions.Retention keeps none.");
    }
}
