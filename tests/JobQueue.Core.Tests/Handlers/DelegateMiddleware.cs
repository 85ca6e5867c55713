namespace JobQueue.Core.Tests.Handlers;

/// <summary>Middlewares that do what the test says; a host may have one of each.</summary>
internal abstract class DelegateMiddleware(Func<JobContext, Func<JobContext, Task>, Task> invoke) : IJobMiddleware
{
    public Task InvokeAsync(JobContext job, Func<JobContext, Task> next) => invoke(job, next);
}

internal sealed class Outer(Func<JobContext, Func<JobContext, Task>, Task> invoke) : DelegateMiddleware(invoke);

internal sealed class Inner(Func<JobContext, Func<JobContext, Task>, Task> invoke) : DelegateMiddleware(invoke);
