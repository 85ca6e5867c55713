namespace JobQueue.Handlers;

/// <summary>Makes one user's middleware from an attempt's scope.</summary>
internal sealed record JobMiddlewareRegistration(Func<IServiceProvider, IJobMiddleware> Resolve);

/// <summary>
/// What an attempt runs: the middlewares, then the handler within the Polly pipeline that it names. One chain for all handlers, composed once. Safe to use from any
/// thread.
/// </summary>
internal sealed class HandlerPipeline : IDisposable
{
    private readonly HandlerThreads _threads = new();
    private readonly ResiliencePipelines _resilience;
    private readonly Func<JobContext, Task> _handler;
    private readonly Func<JobContext, Task> _first;

    public HandlerPipeline(IEnumerable<JobMiddlewareRegistration> middlewares, ResiliencePipelines resilience)
    {
        _resilience = resilience;
        _handler = RunHandler;
        _first = Run;
        foreach (var middleware in middlewares.Reverse())
        {
            var (resolve, next) = (middleware.Resolve, _first);
            _first = job => resolve(job.Services).InvokeAsync(job, next);
        }
    }

    /// <summary>Before the first attempt.</summary>
    public void Start() => _resilience.Find();

    /// <summary>Runs the attempt of a context.</summary>
    public Task RunAsync(JobContext job) => _first(job);

    public void Dispose() => _threads.Dispose();

    private Task Run(JobContext job)
        => job.Handler.Options.ResiliencePipeline is { } name ? _resilience.RunAsync(name, job, _handler) : RunHandler(job);

    private Task RunHandler(JobContext job)
        => job.Handler.Options.RunsSynchronously ? _threads.RunAsync(job.Handler.Invoke, job) : job.Handler.Invoke(job);
}
