namespace JobQueue.Handlers;

/// <summary>Makes one user's middleware from an attempt's scope.</summary>
internal sealed record JobMiddlewareRegistration(Func<IServiceProvider, IJobMiddleware> Resolve);

/// <summary>
/// What an attempt runs: the middlewares, then the handler. One chain for all handlers, composed once. Safe to use from any
/// thread.
/// </summary>
internal sealed class HandlerPipeline : IDisposable
{
    private readonly HandlerThreads _threads = new();
    private readonly Func<JobContext, Task> _first;

    public HandlerPipeline(IEnumerable<JobMiddlewareRegistration> middlewares)
    {
        _first = Run;
        foreach (var middleware in middlewares.Reverse())
        {
            var (resolve, next) = (middleware.Resolve, _first);
            _first = job => resolve(job.Services).InvokeAsync(job, next);
        }
    }

    /// <summary>Runs the attempt of a context.</summary>
    public Task RunAsync(JobContext job) => _first(job);

    public void Dispose() => _threads.Dispose();

    private Task Run(JobContext job)
        => job.Handler.Options.RunsSynchronously ? _threads.RunAsync(job.Handler.Invoke, job) : job.Handler.Invoke(job);
}
