namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>A handler whose every attempt fails, and options under which a retry never comes within a test.</summary>
internal static class FailingHandler
{
    public static void AddFailing(this JobQueueBuilder jobs, Action<JobHandlerOptions>? configure = null)
        => jobs.AddJobHandler<Numbered>("fail", static (_, _, _) => throw new InvalidDataException("no"), configure);

    public static void RetryLate(this JobQueueOptions options)
        => options.Backoff = new() { BaseDelay = TimeSpan.FromHours(1), UseJitter = false };
}
