namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>A job that answers what it is given: whether a host works, over a connection that may fail meanwhile.</summary>
internal static class Echo
{
    public static void AddTo(JobQueueBuilder jobs) => jobs.AddJobHandler<int, int>("echo", static (number, _, _) => Task.FromResult(number));

    public static Task ComesAsync(TestHost host) => Eventually.HoldsAsync(
        async () =>
        {
            try
            {
                var id = await host.Jobs.EnqueueAsync("echo", 7);
                return await host.Jobs.WaitForResultAsync<int>(id, TimeSpan.FromSeconds(20)) == 7;
            }
            catch (JobQueueUnavailableException)
            {
                return false;
            }
        },
        "a job runs and its result comes");
}
