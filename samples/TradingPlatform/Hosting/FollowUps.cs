using JobQueue;

namespace TradingPlatform.Hosting;

/// <summary>Enqueues what another job has to be followed by, once: the new job's id follows from the first one's, so that a repeat finds it there.</summary>
internal static class FollowUps
{
    public static Task EnqueueFollowUpAsync(this IJobQueue jobs, string name, JobContext after, CancellationToken cancellationToken)
        => jobs.EnqueueFollowUpAsync(name, new { }, name, after, cancellationToken);

    public static async Task EnqueueFollowUpAsync<TArgs>(this IJobQueue jobs, string name, TArgs args, string what, JobContext after, CancellationToken cancellationToken)
    {
        try
        {
            await jobs.EnqueueAsync(name, args, options => (options.Id, options.UserId) = (JobId.FromKey($"{after.Id}/{what}"), after.UserId), cancellationToken);
        }
        catch (DuplicateJobException)
        {
            // An earlier attempt of this job has enqueued it.
        }
    }
}
